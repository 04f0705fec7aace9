#include "problems/case/case_keys.hpp"

#include <array>

namespace valleyflux {

namespace {

constexpr std::string_view number = "number", whole = "whole number", text = "text", flag = "true, false",
                           condition = "condition", quantity = "number, expression of the parameters",
                           entries = "entry, array of them, rows of them", column = "name, number from 1",
                           needed = "needed";

constexpr std::array tables{
    CaseTable{"", "the file itself", "What stands above the first table."},
    CaseTable{"parameters", "[parameters]", "Names for numbers, usable in every expression."},
    CaseTable{"units", "[units]", "Units of the case's numbers, carried to tables, figures and datasets."},
    CaseTable{"landscape", "[landscape]",
              "The loss, energy or potential L; the drift is -grad L. One of name, expression, file."},
    CaseTable{"drift", "[drift]", "In the place of a landscape: a drift that need not be a gradient."},
    CaseTable{"diffusion", "[diffusion]", "The noise: dx = F dt + sqrt(2 D) dW."},
    CaseTable{"grid", "[grid]", "One or two axes; omitted, or without min, max or cells: chosen (docs/grid.md)."},
    CaseTable{"grid.*", "[grid] x = { ... }", "An axis of the grid."},
    CaseTable{"grid.*.grading", "[grid] x.grading = { ... }", "Finer cells about a place, smoothly."},
    CaseTable{"domain", "[domain]", "A part of the box; its walls reflect, also particles."},
    CaseTable{"box", "[box]", "In the place of a grid: particles alone, in any number of dimensions."},
    CaseTable{"valleys", "[valleys]", "How valleys are found where no [[valley]] defines them."},
    CaseTable{"valley", "[[valley]]", "A valley; omit them all for the basins of attraction of the minima found."},
    CaseTable{"evolve", "[evolve]", "A density over time, with the probability and the outflux of every valley."},
    CaseTable{"first_passage", "[first_passage]",
              "The distribution of the time that each escape takes, from its minimum, and what it ends in."},
    CaseTable{"evolve.initial", "[evolve] initial = { ... }", "The initial density: mean and sd, or expression."},
    CaseTable{"escape", "[[escape]]", "A rate that is asked for; omit them all for the escape of every valley to any."},
    CaseTable{"escape.to", "[[escape]] to = { ... }", "A region that is no valley, as the end of an escape."},
    CaseTable{"langevin", "[langevin]", "Particles: of the methods langevin, sgd and splitting."},
    CaseTable{"theory", "[theory]", "Closed forms, most probable paths, quasi-potential."},
    CaseTable{"accuracy", "[accuracy]", "How narrow the intervals of rates from grids are to be."},
    CaseTable{"solver", "[solver]", "What is solved beside the escapes, and how."},
    CaseTable{"sweep", "[sweep]", "What `valleyflux sweep` varies."},
    CaseTable{"data", "[data]", "Of losses over data: one of file, images and labels, samples."},
    CaseTable{"loss", "[loss]", "In the place of a landscape: an average over data, in any dimension."},
    CaseTable{"start", "[start]", "Of losses over data: where the escapes set out, and the centre of the valley."},
    CaseTable{"start.training", "[start] training = { ... }", "SGD from the start, its learning rate falling to 0."}};

constexpr std::array keys{
    CaseKey{"", "title", text, "the file's name", "shown in tables, figures and result files"},
    CaseKey{"", "variables", "array of names", "those of [grid] or of the table's file, else x, y, z",
            "names of the coordinates in expressions, tables, figures and files; x, y, z stay known"},

    CaseKey{"parameters", "*", number, "", "a parameter of that name"},
    CaseKey{"parameters", "include", "file", "",
            "another case file, whose [parameters] are taken as well; names given here come first"},

    CaseKey{"units", "energy", text, "", "unit of heights and kT, such as \"kJ/mol\""},
    CaseKey{"units", "time", text, "", "unit of times, such as \"ns\""},
    CaseKey{"units", "length", "text, or { x = text, y = text }", "", "unit of the coordinates, or of each"},
    CaseKey{"units", "rate", "\"1/s\", from 1/fs to 1/d", "that of the case's time",
            "what rates and times of escapes are converted to; nothing else is converted"},

    CaseKey{"landscape", "name", "a built-in landscape", "",
            "one that `valleyflux list` shows; its parameters are keys of this table"},
    CaseKey{"landscape", "expression", "expression", "", "L of the coordinates and parameters"},
    CaseKey{"landscape", "data", "CSV file", "",
            "the expression is then the term of one row, knows the columns by name, and is averaged"},
    CaseKey{"landscape", "file", "file", "", "a table on a regular grid, compressed by gzip or not"},
    CaseKey{"landscape", "format", "columns, matrix, wham, colvars, plumed, numpy, loss_surface, result",
            "found by the file's content", "how the file is read"},
    CaseKey{"landscape", "columns", "array of names or numbers from 1", "as the format has them",
            "columns of one or two coordinates and of the value"},
    CaseKey{"landscape", "dataset", text, "as the format has it", "dataset of .npz and HDF5 files"},
    CaseKey{"landscape", "quantity", text, "as the format has it", "column or dataset of the value: as dataset"},
    CaseKey{"landscape", "ranges", "[[first, last], ...]", "",
            "first and last coordinate of each axis, of values that come without"},
    CaseKey{"landscape", "scale", "number, not 0", "1", "L is scale * value + shift"},
    CaseKey{"landscape", "shift", number, "0", "L is scale * value + shift"},
    CaseKey{"landscape", "error", column, "none",
            "column or dataset of the values' standard errors, carried into the intervals of rates"},
    CaseKey{
        "landscape", "gradient", "array of names or numbers from 1", "none",
        "columns or datasets of the derivative along each axis: values and slopes are interpolated, which is right to "
        "the sixth order of the spacing instead of the fourth"},
    CaseKey{"landscape", "clip_above", number, "nothing is clipped",
            "values above half-way to it are bent over smoothly"},
    CaseKey{"landscape", "interpolation", "automatic, cubic, bounded, smoothing", "automatic",
            "cubic: spline; bounded: within the range of the values around; smoothing: by cross-validation; "
            "automatic: smoothing where values scatter, bounded beside jumps, else cubic"},

    CaseKey{"drift", "name", "a built-in drift", "", "one that `valleyflux list` shows; its parameters are keys here"},
    CaseKey{"drift", "expression", "array of entries", "",
            "one component along each axis: number, expression or table { file = ... }"},

    CaseKey{"diffusion", "model", "constant, expression, sgd, gradient_noise, two_temperature, mobility",
            "constant or expression, as D is", "where D comes from"},
    CaseKey{"diffusion", "D", entries, "needed by constant, expression, mobility (or mobility)",
            "one for all directions, one along each axis, or a matrix; an entry is a number, an expression or a table "
            "{ file = ... }"},
    CaseKey{"diffusion", "interpretation", "ito, stratonovich, isothermal", "ito; isothermal of a mobility",
            "of noise that depends on the place"},
    CaseKey{"diffusion", "eta", quantity, "needed by sgd, gradient_noise", "learning rate"},
    CaseKey{"diffusion", "batch_size", quantity, "1", "B of sgd and gradient_noise"},
    CaseKey{"diffusion", "injected", quantity, "0", "D0, added to D in all directions; of a loss: > 0 is SGLD"},
    CaseKey{"diffusion", "T_a", quantity, "needed by two_temperature", "temperature around the minimum"},
    CaseKey{"diffusion", "T_b", quantity, "needed by two_temperature", "temperature around the saddle"},
    CaseKey{"diffusion", "height", quantity, "as s says", "of two_temperature: the height where it changes"},
    CaseKey{"diffusion", "s", "0 to 1, or such an expression", "0.5",
            "that height, as a share of the way up from the lowest minimum to the lowest saddle"},
    CaseKey{"diffusion", "width", quantity, "half the lower temperature",
            "of two_temperature: heights over which it changes"},
    CaseKey{"diffusion", "kT", "number, expression of the parameters, or \"2.494 kJ/mol\"", "needed by mobility",
            "drift -M grad L, D = kT M, law exp(-L/kT); in units.energy, which a unit given here must be"},
    CaseKey{"diffusion", "mobility", entries, "D / kT", "M of the model mobility; either this or D"},

    CaseKey{"grid", "*", "table", "chosen", "an axis: x and y, or what the coordinates are called"},
    CaseKey{"grid.*", "min", quantity, "chosen, or where the table's data end", "lower end"},
    CaseKey{"grid.*", "max", quantity, "chosen, or where the table's data end", "upper end"},
    CaseKey{"grid.*", "cells", "whole number from 4, such an expression", "chosen",
            "cells of the first grid; finer ones follow"},
    CaseKey{"grid.*", "boundary", "reflecting, absorbing, periodic, or two of the first two",
            "reflecting; periodic of angles that a table covers once", "what happens at both ends, or at each"},
    CaseKey{"grid.*", "grading", "table", "cells of one width", "finer cells about a place"},
    CaseKey{"grid.*.grading", "centre", number, needed, "where cells are finest"},
    CaseKey{"grid.*.grading", "width", number, needed, "over what distance they grow"},

    CaseKey{"domain", "where", condition, needed,
            "of the coordinates and of the height L; the part must hang together, and no absorbing wall may lie "
            "beyond"},

    CaseKey{"box", "dimension", "1 to 1000", needed, "number of coordinates: x, y, z, or x1 ... beyond three"},
    CaseKey{"box", "min", "number, array", "no wall", "lower end of all coordinates, or of each"},
    CaseKey{"box", "max", "number, array", "no wall", "upper end of all coordinates, or of each"},
    CaseKey{"box", "boundary", "reflecting, absorbing, periodic", "reflecting", "of all walls"},

    CaseKey{"valleys", "depth", "number, or \"2.5 kJ/mol\"", "0; 1 with landscape.file",
            "least height of the way out of a minimum to a deeper one, in units of the noise level (kT of a mobility, "
            "else the mean eigenvalue of D at the minimum): shallower ones are merged"},

    CaseKey{"valley", "name", text, needed,
            "what results call it: up to 100 bytes, without /, -> and control characters"},
    CaseKey{"valley", "where", condition, "needed, but of a loss", "the places that belong to it"},
    CaseKey{"valley", "core", condition, "the ellipsoid of one standard deviation around the minimum",
            "what has arrived in it has made the transition"},
    CaseKey{"valley", "minimum", "array", "needed with [box]", "where its minimum is looked for, without a grid"},
    CaseKey{"valley", "half_width", number, "", "of a loss: of the box around the start; or min, max"},
    CaseKey{"valley", "min", "number, array", "no end", "of a loss: lower ends of the box"},
    CaseKey{"valley", "max", "number, array", "no end", "of a loss: upper ends of the box"},
    CaseKey{"valley", "scale", "number, true, false", "0.5",
            "of a loss: power of loss.k that the box is divided by; false: it does not shrink"},

    CaseKey{"evolve", "initial", "a valley's name, table", needed, "its local equilibrium, or a density of your own"},
    CaseKey{"evolve", "until", number, needed, "time at which it ends"},
    CaseKey{"evolve", "frames", whole, "50", "moments that are kept, evenly spaced"},
    CaseKey{"evolve", "stepper", "auto, exponential, tr_bdf2, backward_euler, dopri5", "auto",
            "method of the time integration"},
    CaseKey{"evolve", "tolerance", "1e-13 to 0.1", "from the grid's error",
            "L1 error of a step, or of the frames that share a Krylov space; else the time integration's is kept to a "
            "tenth of the grid's, or to 1e-6"},
    CaseKey{"first_passage", "until", number, "10 of the longest mean time", "the last of the times that are told"},
    CaseKey{"first_passage", "points", "8 to 1600", "from 1e-4 of the shortest mean time on",
            "how many times, eight in each doubling"},
    CaseKey{"evolve.initial", "mean", "array of numbers", "", "centre of a Gaussian"},
    CaseKey{"evolve.initial", "sd", "array of numbers", "", "standard deviation of it along each axis"},
    CaseKey{"evolve.initial", "expression", "expression", "", "of the coordinates; it is normalised"},

    CaseKey{"escape", "from", "a valley's name", needed, "where it sets out"},
    CaseKey{
        "escape", "to", "a valley's name, any, first_exit, a wall (x.min, phi.max), table", needed,
        "that valley's core, the core of whichever is reached first, the boundary of the valley left, an end of the "
        "box, or a region of your own"},
    CaseKey{
        "escape", "methods", "array of names",
        "quasi_stationary, mean_first_passage, flux, reactive_flux (not to walls), theory (to valleys alone); langevin "
        "in a box, sgd of a loss",
        "`valleyflux list` shows them; theory: all closed forms"},
    CaseKey{"escape.to", "where", condition, needed, "the region that is to be reached"},
    CaseKey{"escape.to", "name", text, "the condition itself", "what the results call it"},

    CaseKey{"langevin", "particles", whole, "10000; 100 of a loss", "number of them"},
    CaseKey{"langevin", "step", number, "1e-3; of sgd diffusion.eta", "of time; of the chain sgd the learning rate"},
    CaseKey{"langevin", "seed", whole, "1", "the same seed gives the same bits"},
    CaseKey{"langevin", "time_limit", number, "10^9 steps in all; of a loss 10^6 iterations",
            "watched no longer than that"},
    CaseKey{"langevin", "dynamics", "langevin, sgd", "langevin", "what langevin and splitting move"},
    CaseKey{"langevin", "scheme", "euler_maruyama, platen", "euler_maruyama", "weak order 1 or 2"},
    CaseKey{"langevin", "noise", "double, single", "double", "precision of the normal numbers"},
    CaseKey{"langevin", "minibatch", "gaussian, with_replacement, without_replacement",
            "gaussian; with_replacement of a loss", "of sgd: Gaussian noise, or batch_size rows of the data"},
    CaseKey{"langevin", "histogram", flag, "false", "of the particles at the end of [evolve], beside the density"},
    CaseKey{"langevin", "replicas", "whole number from 2", "100", "of splitting: paths followed together"},
    CaseKey{"langevin", "runs", "whole number from 2", "64",
            "of splitting: independent repetitions, which the interval rests on"},
    CaseKey{"langevin", "reaction_coordinate", "expression", "the committor; needed with [box]",
            "of splitting: what grows on the way"},

    CaseKey{"theory", "s", "0 to 1", "0.5", "of Theorem 3.2 and Eq. 83 of Xie, Sato & Sugiyama (2020)"},
    CaseKey{"theory", "paths", flag, "true", "most probable paths, in the plane"},
    CaseKey{"theory", "quasi_potential", flag, "false", "of every valley, as a field"},

    CaseKey{"accuracy", "relative", "1e-10 to 1", "1e-3",
            "grids are refined until the half-width of every rate's interval is below this part of it"},
    CaseKey{"accuracy", "memory", "size, such as \"4GB\"", "4GB", "that finer grids may take to get there"},

    CaseKey{"solver", "grids", "1 to 4", "4", "grids of every error estimate"},
    CaseKey{"solver", "modes", "0 to 100", "6", "of the leading spectrum; 0: none"},
    CaseKey{"solver", "engine", "automatic, elimination, multilevel", "automatic",
            "of linear equations in the plane; multilevel: iterative, for large grids; automatic: beyond 1024 x 1024 "
            "cells, where elimination would take more than accuracy.memory"},
    CaseKey{"solver", "network", flag, "true", "rates between all valleys"},
    CaseKey{"solver", "stationary", flag, "true",
            "stationary law and probabilities of the valleys; false: only where modes, network or a method rest on it"},
    CaseKey{"solver", "rates", "edge, departing_cell", "edge",
            "form of the scheme; departing_cell: the simpler one, as a check"},

    CaseKey{"sweep", "vary", "array of texts", "",
            "keys and values, as --vary takes them: \"parameters.T=0.01:0.05:9:log\""},

    CaseKey{"data", "file", "CSV file", "", "one row a sample"},
    CaseKey{"data", "label", "last, first, a name, a number", "last", "column of the classes"},
    CaseKey{"data", "without", "array of names", "none", "columns that are left out"},
    CaseKey{"data", "images", "IDX file", "", "images, together with labels"},
    CaseKey{"data", "labels", "IDX file", "", "of the images"},
    CaseKey{"data", "pool", "1 to 1000", "1", "squares of so many pixels a side are averaged"},
    CaseKey{"data", "samples", whole, "", "random data: so many samples of normal features and random labels"},
    CaseKey{"data", "features", whole, "needed with samples", "of random data"},
    CaseKey{"data", "classes", "1 to 1000", "2", "of random data"},
    CaseKey{"data", "sd", number, "1", "standard deviation of the features of random data"},
    CaseKey{"data", "seed", whole, "1", "of random data, and of a random group"},
    CaseKey{"data", "rows", whole, "all", "so many samples, spread over the file"},
    CaseKey{"data", "standardise", flag, "false", "features of mean 0 and variance 1"},
    CaseKey{"data", "group", "random, array of labels", "all classes",
            "two classes: these labels against the others; random: a half of them"},

    CaseKey{"loss", "model", "styblinski_tang, logistic_regression, network", needed, "the loss of a sample"},
    CaseKey{"loss", "depth", "1 to 20", "2", "of a network: layers of weights"},
    CaseKey{"loss", "width", "1 to 10000", "10", "of a network: hidden units of each layer"},
    CaseKey{"loss", "k", number, "1", "sharpness: L(sqrt(k) theta)"},
    CaseKey{"loss", "covariance", "true, false, number from 3", "false",
            "compare the gradient's covariance with the Hessian at the start; a number: along so many leading "
            "eigenvectors"},

    CaseKey{"start", "at", "number, array", "0", "the parameters' values, of all or of each"},
    CaseKey{"start", "sd", number, "none", "of normal numbers that are added"},
    CaseKey{"start", "seed", whole, "1", "of these numbers and of the training"},
    CaseKey{"start", "scale", "number, true, false", "0.5",
            "power of loss.k that the start is divided by: by 0.5 the landscape in the box stays the same"},
    CaseKey{"start", "training", "table", "none", "of what stands at the start"},
    CaseKey{"start.training", "eta", number, needed, "learning rate at its beginning"},
    CaseKey{"start.training", "batch_size", whole, "1", "of its minibatches"},
    CaseKey{"start.training", "steps", whole, "", "number of them; either this or epochs"},
    CaseKey{"start.training", "epochs", whole, "", "passes over the data"}};

}  // namespace

std::span<const CaseKey> case_keys() {
  return keys;
}

std::string full_name(const CaseKey& key) {
  return std::string(key.table) + (key.table.empty() ? "" : ".") + std::string(key.name);
}

bool stands_for(std::string_view known, std::string_view name) {
  const std::size_t star = known.find('*');
  if (star == std::string_view::npos) return known == name;
  const std::string_view before = known.substr(0, star), after = known.substr(star + 1);
  if (name.size() <= before.size() + after.size() || !name.starts_with(before) || !name.ends_with(after)) return false;
  return name.substr(before.size(), name.size() - before.size() - after.size()).find('.') == std::string_view::npos;
}

std::span<const CaseTable> case_tables() {
  return tables;
}

}  // namespace valleyflux
