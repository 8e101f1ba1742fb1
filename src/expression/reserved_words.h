// The 573 words that cannot stand for an attribute in an expression, in any case of letters. Pure data.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace basalt::expression {

bool IsReservedWord(std::string_view identifier);   // any case
std::span<const std::string_view> ReservedWords();  // upper case, in byte order

}  // namespace basalt::expression
