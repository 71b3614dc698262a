#include "lib/text/grid.h"

#include <algorithm>
#include <numeric>

#include "lib/text/labelled.h"
#include "lib/text/width.h"
#include "lib/text/wrap.h"

namespace pidlab {

void Grid::Add(Cells cells, std::string note) {
  rows_.emplace_back(std::move(cells), std::move(note));
}

std::vector<Grid::Column> Grid::Columns() const {
  if (rows_.empty()) return {};
  std::vector<size_t> widths(rows_.front().first.size());
  for (const auto& [cells, note] : rows_) {
    for (size_t i = 0; i < cells.size(); ++i) {
      widths[i] = std::max(widths[i], DisplayWidth(cells[i]));
    }
  }
  const size_t gaps = widths.size() - 1;
  const size_t others = std::accumulate(widths.begin() + 1, widths.end(), gaps);
  widths[0] = std::min(widths[0], kColumns - std::min(others, kColumns));
  // Two blanks separate two columns if there is room, otherwise one.
  const size_t gap = widths[0] + others + gaps <= kColumns ? 2 : 1;
  std::vector<Column> columns;
  for (const size_t width : widths) {
    const size_t begin = columns.empty() ? 0 : columns.back().end + gap;
    columns.push_back({begin, begin + width});
  }
  return columns;
}

std::string Grid::Text() const {
  const std::vector<Column> columns = Columns();
  std::string text;
  for (const auto& [cells, note] : rows_) {
    std::string line = cells[0];
    if (DisplayWidth(line) > columns[0].end) {
      text += line + "\n";
      line.clear();
    }
    for (size_t i = 1; i < cells.size(); ++i) {
      const auto [begin, end] = columns[i];
      line =
          Padded(line, i < left_from_ ? end - DisplayWidth(cells[i]) : begin) +
          cells[i];
    }
    text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
    if (!note.empty()) text += Labelled("  ", note);
  }
  return text;
}

}  // namespace pidlab
