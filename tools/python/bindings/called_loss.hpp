#pragma once

#include "problems/case/case_file.hpp"

#include <nanobind/nanobind.h>

#include <memory>

namespace valleyflux::python {

/// A loss by Python functions, of an object as valleyflux.Loss is one. What they raise is kept, since the threads that
/// ask may not throw it, and gradients are NaN from then on.
std::shared_ptr<const Loss> called_loss(nanobind::object loss);

/// Throws what the functions of the case's loss have raised, if it has one by Python. Called with the interpreter's
/// lock.
void rethrow_from_loss(const Case& definition);

}  // namespace valleyflux::python
