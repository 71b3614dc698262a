// The processes of a step as a table: whose child each is, by birth or by
// adoption, and its PID in every namespace that is there. It is made from what
// the record has, and from nothing else.

#ifndef PIDLAB_LIB_LAB_PROCESS_TABLE_H_
#define PIDLAB_LIB_LAB_PROCESS_TABLE_H_

#include <string>
#include <vector>

#include "lib/lab/language.h"
#include "lib/trial/record.h"

namespace pidlab {

// Lines, each with its end. With `real_pids` there is a column more: the PIDs
// by which another terminal of the user knows the processes.
std::string ProcessTable(const std::vector<SeenProcess>& processes,
                         bool real_pids, Language language);

}  // namespace pidlab

#endif  // PIDLAB_LIB_LAB_PROCESS_TABLE_H_
