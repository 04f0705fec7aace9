#pragma once

#include "problems/case/case_reader.hpp"

namespace valleyflux {

/// Throws CaseError for the first key that no table of any case knows, with the nearest one that is known there. Done
/// before a case is read: a misspelt key would else be reported as the missing one that it was meant to be.
void require_known_keys(const toml::table& root, const CaseContext& context);

}  // namespace valleyflux
