#include "policy/evaluate.h"

#include <gtest/gtest.h>
