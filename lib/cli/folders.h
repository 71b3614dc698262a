// The folders of labs and experiments that are linked into this program, and
// how a user names them.

#ifndef PIDLAB_LIB_CLI_FOLDERS_H_
#define PIDLAB_LIB_CLI_FOLDERS_H_

#include <string>
#include <string_view>
#include <vector>

#include "lib/trial/experiment.h"

namespace pidlab {

struct Folder {
  std::string path;    // "labs/09_orphan_adoption"
  std::string number;  // "09"; "" if it is not taught
  std::string slug;    // "orphan_adoption"
  std::vector<const Experiment*> experiments;
};

// The labs by number, then the other experiments by name.
std::vector<Folder> Folders();

// The folder that `name` means: its number ("9", "09"), its slug, or both
// ("09_orphan_adoption"). Throws UsageError with what might have been meant.
Folder FindFolder(const std::string& name);

// Says what is wrong, and what to do.
struct UsageError {
  std::string message;
};

// How many letters have to be added, taken away or changed (Levenshtein).
size_t EditDistance(std::string_view a, std::string_view b);

// "*" and "?" as in a shell; nothing else is special.
bool MatchesGlob(std::string_view glob, std::string_view text);

}  // namespace pidlab

#endif  // PIDLAB_LIB_CLI_FOLDERS_H_
