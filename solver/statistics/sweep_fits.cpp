#include "solver/statistics/sweep_fits.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <stdexcept>
#include <tuple>

namespace valleyflux {

std::vector<SweepRow> sweep_rows(const std::vector<double>& at, const Results& results) {
  std::vector<SweepRow> rows;
  for (const Estimate& estimate : results.estimates) rows.push_back({at, estimate});
  return rows;
}

std::vector<SweepFit> sweep_fits(const std::vector<SweepRow>& rows) {
  using Group = std::tuple<std::vector<double>, std::string, std::string, std::string>;
  std::vector<Group> order;
  std::map<Group, std::vector<const SweepRow*>> groups;
  for (const SweepRow& row : rows) {
    const Group group{{row.at.begin() + 1, row.at.end()}, row.estimate.from, row.estimate.to, row.estimate.method};
    if (!groups.contains(group)) order.push_back(group);
    if (row.estimate.log_rate)
      groups[group].push_back(&row);
    else
      groups[group];
  }
  std::vector<SweepFit> fits;
  for (const Group& group : order) {
    const auto& members = groups[group];
    const bool positive =
        std::all_of(members.begin(), members.end(), [](const SweepRow* row) { return row->at[0] > 0; });
    const auto add = [&](const std::string& relation, auto x_of, auto y_of) {
      std::vector<double> x, y;
      for (const SweepRow* row : members) {
        x.push_back(x_of(row->at[0]));
        y.push_back(y_of(*row));
      }
      try {
        fits.push_back({std::get<0>(group), std::get<1>(group), std::get<2>(group), std::get<3>(group), relation,
                        x.size(), linear_fit(x, y)});
      } catch (const std::invalid_argument&) {
        // Too few rates, or all at the same value: nothing to be fitted.
      }
    };
    const auto minus_log = [](const SweepRow& row) { return -*row.estimate.log_rate; };
    add(
        "-log(rate) ~ value", [](double value) { return value; }, minus_log);
    if (positive) {
      add(
          "-log(rate) ~ 1/value", [](double value) { return 1.0 / value; }, minus_log);
      add(
          "-log(rate) ~ log(value)", [](double value) { return std::log(value); }, minus_log);
    }
    add(
        "rate ~ value", [](double value) { return value; },
        [](const SweepRow& row) { return std::exp(*row.estimate.log_rate); });
  }
  return fits;
}

}  // namespace valleyflux
