#include "lib/report/process_tree.h"

#include <algorithm>
#include <vector>

#include "lib/report/layout.h"

namespace pidlab {
namespace {

constexpr size_t kNameWidth = 28;
constexpr size_t kPidWidth = 9;

struct Row {
  std::string label;
  const DrivenProcess* process;
};

// Lets go processes have ended, or are about to.
bool Shown(const Chamber& chamber, const DrivenProcess& process) {
  return process.name != "warden" && process.name != "command" &&
         chamber.Alive(process);
}

// `branch` is what stands before the names of the children.
void AddChildren(const Chamber& chamber, const DrivenProcess& parent,
                 const std::string& branch, std::vector<Row>& rows) {
  std::vector<const DrivenProcess*> children;
  for (const auto& process : chamber.processes()) {
    if (process->parent == &parent && Shown(chamber, *process)) {
      children.push_back(process.get());
    }
  }
  for (const DrivenProcess* child : children) {
    const bool last = child == children.back();
    rows.push_back({branch + (last ? "└─ " : "├─ ") + child->name, child});
    AddChildren(chamber, *child, branch + (last ? "   " : "│  "), rows);
  }
}

}  // namespace

std::string ProcessTree(const Chamber& chamber, bool real_pids,
                        Language language) {
  std::vector<Row> rows;
  for (const auto& process : chamber.processes()) {
    // What was born to somebody who is gone stands at the left.
    const DrivenProcess* parent = process->parent;
    if (Shown(chamber, *process) &&
        (parent == nullptr || !Shown(chamber, *parent))) {
      rows.push_back({process->name, process.get()});
      AddChildren(chamber, *process, "", rows);
    }
  }
  std::vector<NamespaceId> namespaces;
  for (const Row& row : rows) {
    for (const NamespaceId& id : row.process->namespaces) {
      if (std::ranges::find(namespaces, id) == namespaces.end()) {
        namespaces.push_back(id);
      }
    }
  }

  const bool english = language == Language::kEnglish;
  std::string text = std::string(2, ' ') + Padded("", kNameWidth);
  if (real_pids) text += Padded(english ? "here" : "此终端", kPidWidth);
  for (size_t i = 0; i < namespaces.size(); ++i) {
    text += Padded(
        i == 0 ? (english ? "chamber" : "实验室") : "NS" + std::to_string(i),
        kPidWidth);
  }
  text = text.substr(0, text.find_last_not_of(' ') + 1) + "\n";
  for (const Row& row : rows) {
    std::string line = std::string(2, ' ') + Padded(row.label, kNameWidth);
    if (real_pids) {
      line += Padded(std::to_string(row.process->pid_outside), kPidWidth);
    }
    for (const NamespaceId& id : namespaces) {
      const auto& own = row.process->namespaces;
      const auto level = std::ranges::find(own, id);
      line += Padded(level == own.end()
                         ? "·"
                         : std::to_string(row.process->pids[static_cast<size_t>(
                               level - own.begin())]),
                     kPidWidth);
    }
    text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  }
  return text;
}

}  // namespace pidlab
