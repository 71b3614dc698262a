// The folders of labs and experiments that are linked into this program, and
// how a user names them.

#ifndef PIDLAB_LIB_LAB_FOLDERS_H_
#define PIDLAB_LIB_LAB_FOLDERS_H_

#include <string>
#include <vector>

#include "lib/lab/command_line.h"
#include "lib/trial/experiment.h"

namespace pidlab {

struct Folder {
  std::string path;    // "labs/09_orphan_adoption"
  std::string number;  // "09"; "" if it is not a lab
  std::string slug;    // "orphan_adoption"
  std::vector<const Experiment*> experiments;
};

// The labs by number, then the other experiments by name.
std::vector<Folder> Folders();

// The folder that `name` means: its number ("9", "09"), its slug, or both
// ("09_orphan_adoption"). Throws Error (usage), which names a similar folder if
// there is one.
Folder FindFolder(const std::string& name);

// Adds the argument LAB to a command. If only one lab is linked in, LAB may be
// left out and means that lab.
void AddLabArgument(CommandLine& line, std::string& lab);

}  // namespace pidlab

#endif  // PIDLAB_LIB_LAB_FOLDERS_H_
