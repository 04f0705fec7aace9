#include "tools/run_into_file.hpp"

#include "output/checkpoint.hpp"
#include "output/json.hpp"
#include "output/progress.hpp"
#include "output/report/report_page.hpp"
#include "output/result_file.hpp"
#include "output/unfinished_file.hpp"
#include "output/version.hpp"
#include "output/xdmf.hpp"
#include "problems/case/toml_text.hpp"
#include "solver/run/run.hpp"
#include "tools/interruption.hpp"
#include "tools/stage_times.hpp"
#include "tools/standard_streams.hpp"

#include <fmt/format.h>

#include <optional>
#include <sstream>
#include <stdexcept>
#include <utility>

namespace valleyflux {

namespace {

/// What a run writes to and tells: the result file, the progress bar, and whether Ctrl-C was pressed.
class Session {
 public:
  Session(const Case& definition, const RunArguments& arguments) : definition_(definition), arguments_(arguments) {
    progress_.emplace(!arguments.quiet && !arguments.json, "valleyflux");
    output_ = arguments.output;
    if (output_.empty()) output_ = std::filesystem::path(definition.file).stem().string() + ".h5";
    result_target(output_, definition.inputs);
    if (!definition.axes.empty()) result_target(xdmf_path(output_), definition.inputs);
    if (!arguments.report.empty()) require_other_name(arguments.report);
    set_last_words("interrupted; nothing is written\n");
  }

  /// Keeps the evolution of the case, and goes on with one that was kept if that is asked for.
  EvolutionRecord record() {
    std::ostringstream canonical;  // overrides have the whole case written anew
    canonical << parsed_toml(definition_.text, definition_.file);
    Identity identity{{"the version", version()}, {"the case", canonical.str()}};
    for (const std::filesystem::path& input : definition_.inputs)
      if (input != definition_.file) identity.emplace_back(input.string(), fingerprint(input));
    checkpoint_.emplace(output_, std::move(identity), arguments_.resume);
    const std::string name = checkpoint_->path().string();
    if (arguments_.resume)
      complain(checkpoint_->found() ? fmt::format("note: going on from {}", name)
                                    : fmt::format("note: there is no {}: starting from the beginning", name));
    else if (checkpoint_->found())
      complain(
          fmt::format("note: {} is of an interrupted run, which --resume would go on with: starting anew, it will "
                      "be overwritten",
                      name));
    checkpoint_->started = [name] {
      set_last_words(fmt::format("interrupted; the same command with --resume goes on from {}\n", name));
    };
    if (arguments_.resume && checkpoint_->found()) checkpoint_->started();
    return {[this] { return checkpoint_->next(); },
            [this](const EvolutionState& state) {
              const bool kept = checkpoint_->trouble().empty();
              checkpoint_->keep(state);
              if (!kept || checkpoint_->trouble().empty()) return;
              complain(fmt::format("warning: {} is not kept, --resume will not find this evolution whole: {}",
                                   checkpoint_->path().string(), checkpoint_->trouble()));
            }};
  }

  /// Takes what the solution yields as it comes; the file is opened as soon as the case is known to be right.
  SolveObserver observer() {
    SolveObserver observer;
    observer.begin = [this](const std::vector<Axis>& axes, const std::vector<std::string>& valleys) {
      file_.emplace(
          output_, axes, valleys,
          ResultHeader{definition_.title, definition_.text, version(), arguments_.command, definition_.units});
    };
    if (definition_.evolve) observer.record = record();
    observer.labels = [this](const std::vector<int>& labels) { file_->write_labels(labels); };
    observer.field = [this](const CellField& field) { file_->write(field); };
    observer.frame = [this](const DensityFrame& frame) { file_->append(frame); };
    observer.spectrum = [this](const SpectrumFields& fields) { file_->write(fields); };
    observer.escape_times = [this](const EscapeTimes& times) { file_->write_escape_times(times); };
    observer.progress = [this](double fraction, const std::string& stage) {
      interruption_.deaf();
      progress_->update(fraction, stage);
      if (arguments_.timings) times_.enter(stage);
    };
    observer.interrupted = [this] { return interruption_.asked(); };
    return observer;
  }

  /// Writes the results and gives them back.
  FinishedRun finish(Results results) {
    if (arguments_.timings) times_.enter("writing");
    results.title = definition_.title;
    results.output = output_.string();
    file_->write(results);
    std::string json = arguments_.json ? to_json(results) : "";  // refuses what is not finite before the file appears
    file_->commit();
    if (!arguments_.report.empty()) {
      progress_->update({}, "making the report");
      write_report(output_, arguments_.report);
    }
    if (checkpoint_) checkpoint_->remove();
    set_last_words("");
    progress_.reset();
    return {std::move(results), std::move(json), arguments_.timings ? times_.text() : ""};
  }

 private:
  /// Of the page of a report: known before hours are spent on the result.
  void require_other_name(const std::filesystem::path& page) const {
    result_target(page, definition_.inputs);
    const auto place = [](const std::filesystem::path& path) {
      return std::filesystem::weakly_canonical(std::filesystem::absolute(path));
    };
    if (place(page) == place(output_) || place(page) == place(xdmf_path(output_)))
      throw std::invalid_argument(fmt::format(
          "{}: error: the report would overwrite the result; choose another file by --report", page.string()));
  }

  const Case& definition_;
  const RunArguments& arguments_;
  std::filesystem::path output_;
  std::optional<Progress> progress_;
  StageTimes times_{"setting up the problem"};
  std::optional<ResultFile> file_;
  std::optional<Checkpoint> checkpoint_;
  const Interruption interruption_;
};

}  // namespace

FinishedRun run_into_file(const Case& definition, const RunArguments& arguments) {
  if (arguments.resume && !definition.evolve)
    throw CaseError(
        fmt::format("{}: error: --resume goes on with an evolution, and the case has no [evolve]", definition.file));
  Session session(definition, arguments);
  return session.finish(run(definition, {}, session.observer()));
}

}  // namespace valleyflux
