#include "output/xdmf.hpp"

#include <fmt/format.h>

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

std::string item(const XdmfContent& content, const std::string& dimensions, const std::string& dataset) {
  return fmt::format("<DataItem Dimensions=\"{}\" NumberType=\"Float\" Precision=\"8\" Format=\"HDF\">{}:{}</DataItem>",
                     dimensions, escaped(content.hdf5), dataset);
}

std::string step(const XdmfContent& content, std::size_t frame, double time) {
  const bool plane = content.cells.size() == 2;
  const Index nx = content.cells[0], ny = plane ? content.cells[1] : 1;
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
  if (!content.times.empty())
    for (const std::string& field : content.frame_fields) attribute(field, frame_name(field, frame));
  for (const std::string& field : content.static_fields) attribute(field, "/" + field);
  return text + "   </Grid>\n";
}

}  // namespace

std::filesystem::path xdmf_path(std::filesystem::path hdf5) {
  return hdf5.replace_extension(".xdmf");
}

std::string frame_name(const std::string& field, std::size_t frame) {
  return fmt::format("/frames/{}_{:04d}", field, frame);
}

std::string xdmf_text(const XdmfContent& content) {
  std::string text =
      "<?xml version=\"1.0\"?>\n<Xdmf Version=\"2.0\">\n <Domain>\n"
      "  <Grid Name=\"series\" GridType=\"Collection\" CollectionType=\"Temporal\">\n";
  if (content.times.empty()) text += step(content, 0, 0.0);
  for (std::size_t frame = 0; frame < content.times.size(); ++frame) text += step(content, frame, content.times[frame]);
  return text + "  </Grid>\n </Domain>\n</Xdmf>\n";
}

}  // namespace valleyflux
