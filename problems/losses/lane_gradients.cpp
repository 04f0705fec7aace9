#include "problems/losses/lane_gradients.hpp"

#include "grids/wide.hpp"
#include "grids/wide_functions.hpp"

#include <algorithm>

namespace valleyflux {

namespace {

constexpr Index lanes_together = loss_lanes;

/// The lanes of one row of numbers.
template <std::ptrdiff_t lanes>
struct Row {
  static constexpr Index parts = lanes_together / lanes;
  VectorOf<lanes> part[parts];

  static VALLEYFLUX_INLINE Row at(const double* numbers) {
    Row row;
    for (Index p = 0; p < parts; ++p) row.part[p] = *reinterpret_cast<const VectorOf<lanes>*>(numbers + p * lanes);
    return row;
  }
  static VALLEYFLUX_INLINE Row of(double number) {
    Row row;
    for (Index p = 0; p < parts; ++p) row.part[p] = VectorOf<lanes>{} + number;
    return row;
  }
  VALLEYFLUX_INLINE void to(double* numbers) const {
    for (Index p = 0; p < parts; ++p) *reinterpret_cast<VectorOf<lanes>*>(numbers + p * lanes) = part[p];
  }
  /// += a b
  VALLEYFLUX_INLINE void add_product(const Row& a, const Row& b) {
    for (Index p = 0; p < parts; ++p) part[p] += a.part[p] * b.part[p];
  }
  VALLEYFLUX_INLINE void scale(double factor) {
    for (Index p = 0; p < parts; ++p) part[p] *= factor;
  }
};

/// The features of the lanes' samples, those of the next feature `unit` numbers on.
VALLEYFLUX_INLINE void gather(const double* samples, Index features, const std::uint32_t* rows, double* to,
                              Index unit) {
  for (Index l = 0; l < lanes_together; ++l) {
    const double* sample = samples + static_cast<Index>(rows[l]) * features;
    for (Index k = 0; k < features; ++k) to[k * unit + l] = sample[k];
  }
}

VALLEYFLUX_INLINE void finish_mean(double* gradient, Index count, Index batch) {
  const double weight = 1.0 / static_cast<double>(batch);
  for (Index n = 0; n < count * lanes_together; ++n) gradient[n] *= weight;
}

struct StyblinskiTang {
  template <std::ptrdiff_t>
  static VALLEYFLUX_INLINE void run(const double* samples, Index features, const double* theta,
                                    const std::uint32_t* rows, Index batch, double* gradient) {
    std::fill_n(gradient, features * lanes_together, 0.0);
    for (Index b = 0; b < batch; ++b) {
      const std::uint32_t* row = rows + b * lanes_together;
      for (Index k = 0; k < features; ++k) {
        double z[lanes_together];
        for (Index l = 0; l < lanes_together; ++l)
          z[l] = theta[k * lanes_together + l] - samples[static_cast<Index>(row[l]) * features + k];
        VALLEYFLUX_INDEPENDENT
        for (Index l = 0; l < lanes_together; ++l)
          gradient[k * lanes_together + l] += (2.0 * z[l] * z[l] - 16.0) * z[l] + 2.5;
      }
    }
    finish_mean(gradient, features, batch);
  }
};

struct LogisticRegression {
  template <std::ptrdiff_t>
  static VALLEYFLUX_INLINE void run(const double* samples, Index features, const double* theta,
                                    const std::uint32_t* rows, Index batch, double* gradient) {
    std::fill_n(gradient, features * lanes_together, 0.0);
    for (Index b = 0; b < batch; ++b) {
      const std::uint32_t* row = rows + b * lanes_together;
      double slope[lanes_together];
      for (Index l = 0; l < lanes_together; ++l) {
        const double* sample = samples + static_cast<Index>(row[l]) * features;
        double product = 0.0;
        for (Index k = 0; k < features; ++k) product += sample[k] * theta[k * lanes_together + l];
        slope[l] = product;
      }
      VALLEYFLUX_INDEPENDENT
      for (double& each : slope) each = -1.0 / (1.0 + wide_exp(each));
      for (Index l = 0; l < lanes_together; ++l) {
        const double* sample = samples + static_cast<Index>(row[l]) * features;
        for (Index k = 0; k < features; ++k) gradient[k * lanes_together + l] += slope[l] * sample[k];
      }
    }
    finish_mean(gradient, features, batch);
  }
};

/// Samples of a minibatch that go through a network together: weights and gradient are fetched once for all of them.
/// Every sum has its terms in the same order as if they went one by one.
constexpr Index samples_together = 4;

/// What the loops of a network work on: for each layer its inputs and its outputs, and slopes along them, of
/// samples_together samples side by side.
struct NetworkPass {
  const Index* units;
  Index layers;
  const double* samples;
  const int* labels;
  const double* theta;
  const std::uint32_t* rows;
  Index batch;
  double *gradient, *inputs, *slopes, *other_slopes;
};

struct Network {
  /// outputs = max(W inputs, 0), or W inputs.
  template <std::ptrdiff_t lanes, Index count>
  static VALLEYFLUX_INLINE void forward(const double* weights, Index inputs, Index outputs, const double* in,
                                        double* out, bool cut) {
    for (Index o = 0; o < outputs; ++o) {
      Row<lanes> sum[count];
      for (Index s = 0; s < count; ++s) sum[s] = Row<lanes>::of(0.0);
      for (Index i = 0; i < inputs; ++i) {
        const auto weight = Row<lanes>::at(weights + (o + outputs * i) * lanes_together);
        for (Index s = 0; s < count; ++s)
          sum[s].add_product(weight, Row<lanes>::at(in + (i * samples_together + s) * lanes_together));
      }
      double* to = out + o * samples_together * lanes_together;
      for (Index s = 0; s < count; ++s) sum[s].to(to + s * lanes_together);
      if (!cut) continue;
      for (Index l = 0; l < count * lanes_together; ++l) to[l] = to[l] > 0.0 ? to[l] : 0.0;
    }
  }

  /// Adds the layer's part to the gradient and carries the slopes along its outputs on to its inputs.
  template <std::ptrdiff_t lanes, Index count>
  static VALLEYFLUX_INLINE void backward(const double* weights, Index inputs, Index outputs, const double* in,
                                         const double* slopes, double* gradient, double* slopes_in) {
    for (Index i = 0; i < inputs; ++i) {
      const double* input = in + i * samples_together * lanes_together;
      Row<lanes> x[count], back[count];
      for (Index s = 0; s < count; ++s) {
        x[s] = Row<lanes>::at(input + s * lanes_together);
        back[s] = Row<lanes>::of(0.0);
      }
      for (Index o = 0; o < outputs; ++o) {
        const Index at = (o + outputs * i) * lanes_together;
        auto sum = Row<lanes>::at(gradient + at);
        for (Index s = 0; s < count; ++s) {
          const auto slope = Row<lanes>::at(slopes + (o * samples_together + s) * lanes_together);
          sum.add_product(slope, x[s]);
          if (slopes_in) back[s].add_product(Row<lanes>::at(weights + at), slope);
        }
        sum.to(gradient + at);
      }
      if (!slopes_in) continue;
      double* to = slopes_in + i * samples_together * lanes_together;
      for (Index s = 0; s < count; ++s) back[s].to(to + s * lanes_together);
      for (Index l = 0; l < count * lanes_together; ++l) to[l] = input[l] > 0.0 ? to[l] : 0.0;
    }
  }

  /// Slopes of the cross entropy of one of the samples along the outputs: softmax less 1 at the label.
  static VALLEYFLUX_INLINE void slopes_of_outputs(const NetworkPass& pass, const std::uint32_t* row, Index outputs,
                                                  const double* out, double* slopes) {
    constexpr Index next = samples_together * lanes_together;
    double highest[lanes_together], sum[lanes_together];
    for (Index l = 0; l < lanes_together; ++l) {
      highest[l] = out[l];
      sum[l] = 0.0;
    }
    for (Index o = 1; o < outputs; ++o)
      for (Index l = 0; l < lanes_together; ++l)
        highest[l] = out[o * next + l] > highest[l] ? out[o * next + l] : highest[l];
    for (Index o = 0; o < outputs; ++o) {
      VALLEYFLUX_INDEPENDENT
      for (Index l = 0; l < lanes_together; ++l) {
        const double power = wide_exp(out[o * next + l] - highest[l]);
        slopes[o * next + l] = power;
        sum[l] += power;
      }
    }
    for (double& each : sum) each = 1.0 / each;
    for (Index o = 0; o < outputs; ++o)
      for (Index l = 0; l < lanes_together; ++l) slopes[o * next + l] *= sum[l];
    for (Index l = 0; l < lanes_together; ++l) slopes[pass.labels[row[l]] * next + l] -= 1.0;
  }

  /// Adds what `count` samples from number `first` of the minibatch make of the gradient.
  template <std::ptrdiff_t lanes, Index count>
  static VALLEYFLUX_INLINE void add(const NetworkPass& pass, Index first) {
    constexpr Index unit = samples_together * lanes_together;
    for (Index s = 0; s < count; ++s)
      gather(pass.samples, pass.units[0], pass.rows + (first + s) * lanes_together, pass.inputs + s * lanes_together,
             unit);
    Index at = 0, in = 0;
    for (Index layer = 0; layer < pass.layers; ++layer) {
      const Index inputs = pass.units[layer], outputs = pass.units[layer + 1];
      forward<lanes, count>(pass.theta + at * lanes_together, inputs, outputs, pass.inputs + in * unit,
                            pass.inputs + (in + inputs) * unit, layer + 1 < pass.layers);
      at += inputs * outputs;
      in += inputs;
    }
    for (Index s = 0; s < count; ++s)
      slopes_of_outputs(pass, pass.rows + (first + s) * lanes_together, pass.units[pass.layers],
                        pass.inputs + in * unit + s * lanes_together, pass.slopes + s * lanes_together);
    double *slopes = pass.slopes, *next = pass.other_slopes;
    for (Index layer = pass.layers; layer-- > 0;) {
      const Index inputs = pass.units[layer], outputs = pass.units[layer + 1];
      at -= inputs * outputs;
      in -= inputs;
      backward<lanes, count>(pass.theta + at * lanes_together, inputs, outputs, pass.inputs + in * unit, slopes,
                             pass.gradient + at * lanes_together, layer > 0 ? next : nullptr);
      std::swap(slopes, next);
    }
  }

  template <std::ptrdiff_t lanes>
  static VALLEYFLUX_INLINE void run(const NetworkPass* given) {
    const NetworkPass& pass = *given;
    Index weights = 0, done = 0;
    for (Index layer = 0; layer < pass.layers; ++layer) weights += pass.units[layer] * pass.units[layer + 1];
    std::fill_n(pass.gradient, weights * lanes_together, 0.0);
    for (; done + samples_together <= pass.batch; done += samples_together) add<lanes, samples_together>(pass, done);
    for (; done < pass.batch; ++done) add<lanes, 1>(pass, done);
    finish_mean(pass.gradient, weights, pass.batch);
  }
};

}  // namespace

void styblinski_tang_lanes(const double* samples, Index features, const double* theta, const std::uint32_t* rows,
                           Index batch, double* gradient) {
  run_widest<StyblinskiTang>(samples, features, theta, rows, batch, gradient);
}

void logistic_regression_lanes(const double* samples, Index features, const double* theta, const std::uint32_t* rows,
                               Index batch, double* gradient) {
  // Features are fetched one by one: the compiler makes of eight lanes what takes twice as long.
  run_wide<LogisticRegression>(samples, features, theta, rows, batch, gradient);
}

void network_lanes(const std::vector<Index>& units, const double* samples, const int* labels, const double* theta,
                   const std::uint32_t* rows, Index batch, double* gradient, double* workspace) {
  Index all = 0;
  for (const Index count : units) all += count;
  const Index most = *std::max_element(units.begin(), units.end());
  const NetworkPass pass{units.data(),
                         static_cast<Index>(units.size()) - 1,
                         samples,
                         labels,
                         theta,
                         rows,
                         batch,
                         gradient,
                         workspace,
                         workspace + all * samples_together * lanes_together,
                         workspace + (all + most) * samples_together * lanes_together};
  run_widest<Network>(&pass);
}

std::size_t network_workspace(const std::vector<Index>& units) {
  Index numbers = 2 * *std::max_element(units.begin(), units.end());
  for (const Index count : units) numbers += count;
  return static_cast<std::size_t>(numbers * samples_together * lanes_together);
}

}  // namespace valleyflux
