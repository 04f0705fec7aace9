#include "output/figure_data.hpp"

#include "output/csv_text.hpp"
#include "output/fields.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace valleyflux {

static_assert(describes_all<Estimate>(figure_columns));

std::string figure_csv(const Figure& figure, const std::vector<PanelResult>& panels) {
  std::string text;
  if (figure.claim == Claim::covariance_hessian) {
    text = "panel,seed,eigenvector,hessian_eigenvalue,gradient_covariance\n";
    for (const PanelResult& result : panels)
      for (std::size_t k = 0; k < result.covariances.size(); ++k) {
        const HessianComparison& found = result.covariances[k];
        for (Index i = 0; i < found.eigenvalue.size(); ++i)
          text += fmt::format("{},{},{},{:.17g},{:.17g}\n", quoted(result.panel.name), k + 1, i, found.eigenvalue[i],
                              found.covariance[i]);
      }
    return text;
  }
  text = fmt::format("panel,ours,key,value,seed,{}\n", fmt::join(figure_columns, ","));
  const auto add = [&](const PanelResult& result, const FigurePoint* point, const Estimate& estimate) {
    text += fmt::format("{},{:d},{},{},{},{}\n", quoted(result.panel.name), result.panel.ours, result.key,
                        point ? fmt::format("{:.17g}", point->value) : "", point ? point->seed : 1,
                        csv_text(estimate, figure_columns, CsvNumbers::all_digits));
  };
  for (const PanelResult& result : panels) {
    for (const FigurePoint& point : result.points) add(result, &point, point.estimate);
    for (const Estimate& estimate : result.estimates) add(result, nullptr, estimate);
  }
  return text;
}

}  // namespace valleyflux
