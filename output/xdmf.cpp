#include "output/xdmf.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

namespace valleyflux {

namespace {

std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '&')
      out += "&amp;";
    else if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else if (c == '"')
      out += "&quot;";
    else
      out += c;
  }
  return out;
}

struct XdmfContent {
  const std::string& hdf5;
  const FieldsOverCells& fields;
};

std::string item(const XdmfContent& content, const std::string& dimensions, const std::string& dataset) {
  return fmt::format("<DataItem Dimensions=\"{}\" NumberType=\"Float\" Precision=\"8\" Format=\"HDF\">{}:{}</DataItem>",
                     dimensions, escaped(content.hdf5), dataset);
}

/// A field of the plane whose two components are fields of their own.
struct VectorField {
  std::string name, x, y;
};

/// "current_x" and "current_y" among the names are "current"; "reactive_current_x_a_b" likewise.
std::vector<VectorField> vectors_among(const std::vector<std::string>& fields) {
  std::vector<VectorField> vectors;
  for (const std::string& field : fields)
    for (std::size_t at = field.find("_x"); at != std::string::npos; at = field.find("_x", at + 1)) {
      if (at + 2 < field.size() && field[at + 2] != '_') continue;
      const std::string other = field.substr(0, at) + "_y" + field.substr(at + 2);
      if (std::find(fields.begin(), fields.end(), other) == fields.end()) continue;
      vectors.push_back({field.substr(0, at) + field.substr(at + 2), field, other});
      break;
    }
  return vectors;
}

std::string step(const XdmfContent& content, std::size_t frame, double time) {
  const bool plane = content.fields.cells.size() == 2;
  const Index nx = content.fields.cells[0], ny = plane ? content.fields.cells[1] : 1;
  std::string text = fmt::format("   <Grid Name=\"step{}\" GridType=\"Uniform\"><Time Value=\"{}\"/>\n", frame, time);
  // Cells one layer thick; on the line the centres are nodes.
  text += fmt::format("    <Topology TopologyType=\"3DRectMesh\" Dimensions=\"{} {} {}\"/>\n", plane ? 2 : 1,
                      plane ? ny + 1 : 1, plane ? nx + 1 : nx);
  text += "    <Geometry GeometryType=\"VXVYVZ\">\n     ";
  text += plane
              ? item(content, fmt::format("{}", nx + 1), "/x_edge") + "\n     " +
                    item(content, fmt::format("{}", ny + 1), "/y_edge") + "\n     " +
                    "<DataItem Dimensions=\"2\" NumberType=\"Float\" Precision=\"8\" Format=\"XML\">0 0.01</DataItem>\n"
              : item(content, fmt::format("{}", nx), "/x") + "\n     " +
                    "<DataItem Dimensions=\"1\" NumberType=\"Float\" Precision=\"8\" Format=\"XML\">0</DataItem>\n     "
                    "<DataItem Dimensions=\"1\" NumberType=\"Float\" Precision=\"8\" Format=\"XML\">0</DataItem>\n";
  text += "    </Geometry>\n";
  const std::string shape = fmt::format("1 {} {}", ny, nx);
  const auto attribute = [&](const std::string& name, const std::string& dataset) {
    text +=
        fmt::format("    <Attribute Name=\"{}\" AttributeType=\"Scalar\" Center=\"{}\">\n     {}\n    </Attribute>\n",
                    escaped(name), plane ? "Cell" : "Node", item(content, shape, escaped(dataset)));
  };
  const auto show = [&](const std::vector<std::string>& fields, const auto& dataset_of) {
    for (const std::string& field : fields) attribute(field, dataset_of(field));
    if (!plane) return;
    for (const VectorField& vector : vectors_among(fields))
      text += fmt::format(
          "    <Attribute Name=\"{}\" AttributeType=\"Vector\" Center=\"Cell\">\n"
          "     <DataItem ItemType=\"Function\" Function=\"JOIN($0, $1, 0*$0)\" Dimensions=\"{} 3\">\n      {}\n      "
          "{}\n"
          "     </DataItem>\n    </Attribute>\n",
          escaped(vector.name), shape, item(content, shape, escaped(dataset_of(vector.x))),
          item(content, shape, escaped(dataset_of(vector.y))));
  };
  if (!content.fields.times.empty())
    show(content.fields.frame_fields, [frame](const std::string& field) { return frame_name(field, frame); });
  show(content.fields.static_fields, [](const std::string& field) { return "/" + field; });
  return text + "   </Grid>\n";
}

}  // namespace

std::filesystem::path xdmf_path(std::filesystem::path hdf5) {
  return hdf5.replace_extension(".xdmf");
}

std::string frame_name(const std::string& field, std::size_t frame) {
  return fmt::format("/frames/{}_{:04d}", field, frame);
}

std::string xdmf_text(const std::string& hdf5, const FieldsOverCells& fields) {
  const XdmfContent content{hdf5, fields};
  std::string text =
      "<?xml version=\"1.0\"?>\n<Xdmf Version=\"2.0\">\n <Domain>\n"
      "  <Grid Name=\"series\" GridType=\"Collection\" CollectionType=\"Temporal\">\n";
  if (fields.times.empty()) text += step(content, 0, 0.0);
  for (std::size_t frame = 0; frame < fields.times.size(); ++frame) text += step(content, frame, fields.times[frame]);
  return text + "  </Grid>\n </Domain>\n</Xdmf>\n";
}

}  // namespace valleyflux
