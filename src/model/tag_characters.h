// Which characters of the world's scripts a tag may hold: what Unicode calls letters, numbers and separators.
#pragma once

namespace basalt::model {

bool IsLetterNumberOrSeparator(char32_t character);

}  // namespace basalt::model
