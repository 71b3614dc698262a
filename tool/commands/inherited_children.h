// Children that this process has but did not create.

#ifndef PIDLAB_TOOL_COMMANDS_INHERITED_CHILDREN_H_
#define PIDLAB_TOOL_COMMANDS_INHERITED_CHILDREN_H_

namespace pidlab {

// A process that becomes pidlab by execve(2) keeps its children, and pidlab
// cannot tell them from a process that a trial has left behind. If there are
// any, the caller goes on in a new process, which has none; the old process
// only passes on signals and the exit status. Throws Error.
void LeaveInheritedChildren();

}  // namespace pidlab

#endif  // PIDLAB_TOOL_COMMANDS_INHERITED_CHILDREN_H_
