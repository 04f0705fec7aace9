// Exceptions of the library become those of valleyflux.errors, which take their places apart.
#include "output/output_error.hpp"
#include "problems/case/case_file.hpp"
#include "problems/problem.hpp"
#include "solver/solver_error.hpp"
#include "tools/python/bindings/bindings.hpp"

namespace nb = nanobind;

namespace valleyflux::python {

namespace {

template <class... Arguments>
void raise(const char* name, const Arguments&... arguments) {
  const nb::object type = nb::module_::import_("valleyflux.errors").attr(name);
  const nb::object error = type(arguments...);
  PyErr_SetObject(type.ptr(), error.ptr());
}

void translate(const std::exception_ptr& thrown, void* /*payload*/) {
  try {
    std::rethrow_exception(thrown);
  } catch (const CaseError& error) {
    raise("CaseError", error.what());
  } catch (const ProblemError& error) {
    raise("ProblemError", error.what(), error.key().c_str());
  } catch (const SolverError& error) {
    raise("SolverError", error.what());
  } catch (const OutputError& error) {
    raise("OutputError", error.what());
  }
}

}  // namespace

void bind_errors(nb::module_& /*module*/) {
  nb::register_exception_translator(translate);
}

}  // namespace valleyflux::python
