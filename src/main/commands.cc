// How commands speak to their operator.
#include "main/commands.h"

#include <cstdio>
#include <string>

namespace basalt::main {
namespace {

void PrintLine(std::string line) {
  line += '\n';
  std::fputs(line.c_str(), stderr);
}

}  // namespace

int Fail(const Error& error, int exit_code) {
  PrintLine("basalt: " + OneLine(error.text));
  return exit_code;
}

void Warn(std::string_view text) { PrintLine("basalt: warning: " + OneLine(text)); }

}  // namespace basalt::main
