#include "tools/python/bindings/python_run.hpp"

#include "output/version.hpp"
#include "tools/python/bindings/called_loss.hpp"
#include "tools/python/bindings/interruption.hpp"

#include <omp.h>

#include <utility>

namespace nb = nanobind;

namespace valleyflux::python {

namespace {

/// As many threads as asked for while it lives.
class Threads {
 public:
  explicit Threads(int count) : before_(omp_get_max_threads()) {
    if (count > 0) omp_set_num_threads(count);
  }
  Threads(const Threads&) = delete;
  Threads& operator=(const Threads&) = delete;
  ~Threads() { omp_set_num_threads(before_); }

 private:
  int before_;
};

/// Tells Python. Ctrl-C that comes just then is left to the interruption.
void report(const nb::object& progress, double fraction, const std::string& stage) {
  const nb::gil_scoped_acquire lock;
  try {
    progress(fraction, stage.c_str());
  } catch (const nb::python_error& error) {
    if (!error.matches(PyExc_KeyboardInterrupt) || !interrupted_in_python()) throw;
  }
}

/// What is known of a run that was left: its grid and the names of its valleys.
Results unfinished(const std::vector<Axis>& axes, const std::vector<std::string>& valleys, const Case& definition) {
  Results results;
  results.units = definition.units;
  results.dimension = static_cast<int>(definition.variables.size());
  results.variables = definition.variables;
  for (const Axis& axis : axes) results.cells.push_back(axis.cells());
  for (const std::string& name : valleys) {
    ValleyResult valley;
    valley.name = name;
    results.valleys.push_back(std::move(valley));
  }
  results.warnings = {"interrupted: fields and frames are those that there were by then, and no rate was finished"};
  return results;
}

}  // namespace

FinishedRun run_for_python(const Case& definition, bool rates_only, int threads, const nb::object& progress,
                           SharedWork& shared) {
  FinishedRun finished;
  std::shared_ptr<ResultInMemory> record;
  std::vector<Axis> grid;
  std::vector<std::string> names;
  const Interruption interruption;
  SolveObserver observer;
  observer.begin = [&](const std::vector<Axis>& axes, const std::vector<std::string>& valleys) {
    grid = axes;
    names = valleys;
    record = std::make_shared<ResultInMemory>(
        axes, valleys, ResultHeader{definition.title, definition.text, version(), "Python", definition.units});
  };
  observer.labels = [&](const std::vector<int>& labels) { record->write_labels(labels); };
  observer.field = [&](const CellField& field) { record->write(field); };
  observer.frame = [&](const DensityFrame& frame) { record->append(frame); };
  observer.spectrum = [&](const SpectrumFields& fields) { record->write(fields); };
  observer.escape_times = [&](const EscapeTimes& times) { record->write_escape_times(times); };
  observer.progress = [&](double fraction, const std::string& stage) {
    if (!progress.is_none()) report(progress, fraction, stage);
    interruption.deaf();
  };
  observer.interrupted = [&] { return interruption.asked(); };
  const Threads limited(threads);
  try {
    const nb::gil_scoped_release unlocked;
    finished.results = run(definition, {.rates_only = rates_only}, observer, shared);
  } catch (const Interrupted&) {
    rethrow_from_loss(definition);
    if (!record) {
      PyErr_SetNone(PyExc_KeyboardInterrupt);
      throw nb::python_error();
    }
    finished.results = unfinished(grid, names, definition);
  } catch (...) {
    rethrow_from_loss(definition);  // is behind whatever went wrong afterwards
    throw;
  }
  rethrow_from_loss(definition);
  finished.interrupted = was_interrupted();
  finished.results.title = definition.title;
  record->write(finished.results);
  finished.record = std::move(record);
  return finished;
}

}  // namespace valleyflux::python
