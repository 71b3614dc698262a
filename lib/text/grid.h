// Rows of cells for a terminal of 80 columns. How
// wide a column has to be is found out here, what stands in it is not known.

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

  // The columns from `left_from` on are flush left, as is the first; those
  // between are flush right.
  explicit Grid(size_t left_from) : left_from_(left_from) {}

  // A row, of as many cells as every other; `note` stands below it, indented.
  void Add(Cells cells, std::string note = "");

  // The first column is as wide as the others let it: what is too long for it
  // has a line of its own.
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
