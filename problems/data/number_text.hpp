#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace valleyflux {

/// A number as programs print it: also inf, -nan, 1.0D+02, of Microsoft's 1.#INF, -1.#IND and 1.#QNAN, and with the
/// minus sign or dash of typesetters (U+2212, U+2013 ...) where a sign may stand. Fortran's asterisks, a number that
/// did not fit into its field, are NaN. Nothing if it is none.
std::optional<double> number_in_text(std::string_view word);

/// A word of a file that errors may show: short, and without what would upset a terminal; of characters that are not
/// seen the number is shown, <U+200B>.
std::string shown_word(std::string_view word);

/// What to say of a word that is none: "\"1x\" is no number", and what helps to see why.
std::string no_number(std::string_view word, std::string_view said = "is no number");

}  // namespace valleyflux
