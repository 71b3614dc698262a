// The processes of a step as a table: the parent of each, by birth or by
// adoption, and its PID in every namespace. The table is made from the record
// alone.

#ifndef PIDLAB_LIB_LAB_PROCESS_TABLE_H_
#define PIDLAB_LIB_LAB_PROCESS_TABLE_H_

#include <string>
#include <vector>

#include "lib/lab/language.h"
#include "lib/trial/record.h"

namespace pidlab {

// Lines, each with its newline. With `real_pids` there is one more column: the
// PIDs that the processes have in another terminal of the user.
std::string ProcessTable(const std::vector<SeenProcess>& processes,
                         bool real_pids, Language language);

}  // namespace pidlab

#endif  // PIDLAB_LIB_LAB_PROCESS_TABLE_H_
