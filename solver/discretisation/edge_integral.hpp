#pragma once

#include <vector>

namespace valleyflux {

/// Cumulated slope Z(t) = int_0^t z . dl of the generalised potential along an edge, t in [0, 1] its fraction: a cubic
///   Z(t) = t (a1 + t (a2 + t a3)),  dimensionless (kT).
/// J = D (z p - dp/dl) vanishes along the edge when p grows like exp(Z).
struct EdgePotential {
  double a1 = 0.0, a2 = 0.0, a3 = 0.0;

  double operator()(double t) const { return t * (a1 + t * (a2 + t * a3)); }

  /// From z at the start, the middle and the end (Simpson's rule: Z(1) = (z0 + 4 zm + z1) / 6).
  static EdgePotential through_slopes(double z0, double zm, double z1) {
    return {z0, 0.5 * (-3.0 * z0 + 4.0 * zm - z1), (2.0 * z0 - 4.0 * zm + 2.0 * z1) / 3.0};
  }
  /// From z at both ends and the exact difference of the potential, Z(1) = rise.
  static EdgePotential through_rise(double z0, double z1, double rise) {
    return {z0, 3.0 * rise - 2.0 * z0 - z1, z0 + z1 - 2.0 * rise};
  }
};

/// The two rates of an edge of unit weight: forward = 1 / K, backward = exp(-Z(1)) / K, K = int_0^1 exp(-Z(t)) dt.
struct EdgeRates {
  double forward, backward;
};

/// Scharfetter-Gummel rates for a curved potential, by Gauss-Legendre panels of at most 1 kT with the largest exponent
/// taken out: finite and nonnegative for any finite Z, forward / backward = exp(Z(1)) to round-off. For linear Z
/// they are B(-s) and B(s), B(s) = s / (exp(s) - 1) (Scharfetter & Gummel 1969; Chang & Cooper 1970).
EdgeRates edge_rates(const EdgePotential& potential);

/// An edge along which the slope varies too fast for one cubic: cubics over consecutive pieces of the edge.
struct PiecewisePotential {
  struct Piece {
    double length;            // fraction of the edge; they sum to 1
    EdgePotential potential;  // over the piece, its own t in [0, 1]
  };
  std::vector<Piece> pieces;
};

EdgeRates edge_rates(const PiecewisePotential& potential);

/// Logarithms of the masses that the density exp(Z) has along an edge, in units of its length: under the harmonic hats
/// of its two ends, phi(t) = int_t^1 exp(-Z) / K at the start and 1 - phi at the end, and as a whole.
struct EdgeMasses {
  double log_start;  // log int_0^1 phi exp(Z) dt
  double log_end;    // log int_0^1 (1 - phi) exp(Z - Z(1)) dt
  double log_whole;  // log int_0^1 exp(Z) dt
};

/// By one Gauss-Legendre rule where Z varies by less than 2 kT (to 1e-10), otherwise by panels, at most 64 a potential;
/// where those span more than 2 kT, Z is taken as linear in each (to a per cent). Finite for any finite Z.
EdgeMasses edge_masses(const EdgePotential& potential);
EdgeMasses edge_masses(const PiecewisePotential& potential);

struct EdgeIntegrals {
  EdgeRates rates;
  EdgeMasses masses;
};

/// Both at once, by one rule of eight points where Z varies by less than 0.5 kT (then exact to round-off).
EdgeIntegrals edge_integrals(const EdgePotential& potential);
EdgeIntegrals edge_integrals(const PiecewisePotential& potential);

}  // namespace valleyflux
