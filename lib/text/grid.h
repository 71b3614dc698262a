// A table for a terminal of 80 columns. The table finds out how wide each
// column has to be. It does not know what the cells mean.

#ifndef PIDLAB_LIB_TEXT_GRID_H_
#define PIDLAB_LIB_TEXT_GRID_H_

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace pidlab {

class Grid {
 public:
  using Cells = std::vector<std::string>;

  // The first column and those from `left_from` on are aligned to the left;
  // those between are aligned to the right.
  explicit Grid(size_t left_from) : left_from_(left_from) {}

  // Adds a row. All rows have the same number of cells. `note` is printed below
  // the row, indented.
  void Add(Cells cells, std::string note = "");

  // The lines of the table. The first column is as wide as the others allow. A
  // cell that is too long for it has a line of its own.
  std::string Text() const;

 private:
  struct Column {
    size_t begin = 0;
    size_t end = 0;
  };
  std::vector<Column> Columns() const;

  size_t left_from_;
  std::vector<std::pair<Cells, std::string>> rows_;
};

}  // namespace pidlab

#endif  // PIDLAB_LIB_TEXT_GRID_H_
