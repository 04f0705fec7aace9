// The program's Interruption, for Python: the signal is Python's, which is asked for it. With or without the lock.
#include "tools/python/bindings/interruption.hpp"

#include <nanobind/nanobind.h>

#include <string>
#include <utility>

namespace nb = nanobind;

namespace valleyflux {

namespace {

int catching = 0;
bool listening = false, signalled = false, pending = false;

/// Whether there was a signal since the last look.
bool look() {
  const nb::gil_scoped_acquire lock;
  if (PyErr_CheckSignals() != 0) {
    if (!PyErr_ExceptionMatches(PyExc_KeyboardInterrupt)) throw nb::python_error();
    PyErr_Clear();
    pending = true;
  }
  const bool found = std::exchange(pending, false);
  signalled = signalled || found;
  return found;
}

}  // namespace

Interruption::Interruption() {
  if (catching == 0) listening = signalled = pending = false;
  ++catching;
}

Interruption::~Interruption() {
  --catching;
}

bool Interruption::asked() const {
  listening = true;
  look();
  return signalled;
}

void Interruption::deaf() const {
  if (look() && !listening) throw python::Interrupted{};
  listening = false;
}

void set_last_words(const std::string& /*text*/) {}  // Python goes on

namespace python {

bool interrupted_in_python() {
  return catching > 0 && !signalled && !std::exchange(pending, true);
}

bool was_interrupted() {
  return signalled;
}

}  // namespace python

}  // namespace valleyflux
