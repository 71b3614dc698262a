// Children that this program has, but never created.

#ifndef PIDLAB_TOOL_COMMANDS_INHERITED_CHILDREN_H_
#define PIDLAB_TOOL_COMMANDS_INHERITED_CHILDREN_H_

namespace pidlab {

// A process that becomes pidlab by execve(2) leaves it its children, and they
// cannot be told from a process that a trial has left behind. If there are any,
// the caller goes on in a new process, which has none; the old one only passes
// on signals and the end. Throws Error.
void LeaveInheritedChildren();

}  // namespace pidlab

#endif  // PIDLAB_TOOL_COMMANDS_INHERITED_CHILDREN_H_
