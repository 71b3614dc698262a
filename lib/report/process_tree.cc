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

// The warden is no part of the story, a command is over when a step is.
bool Shown(const Chamber& chamber, const DrivenProcess& process) {
  return process.name != "warden" && process.name != "command" &&
         chamber.Alive(process);
}

// Its parent now, which may have adopted it; null if that is none of them.
const DrivenProcess* ParentOf(const Chamber& chamber,
                              const DrivenProcess& process) {
  const std::string path =
      "/proc/" + std::to_string(process.pid_outside) + "/status";
  const Sys<pid_t> ppid = ReadStatus(path.c_str()).Get(&ProcessStatus::ppid);
  for (const auto& other : chamber.processes()) {
    if (ppid.ok() && other->pid_outside == ppid.value) return other.get();
  }
  return nullptr;
}

// `branch` is what stands before the names of the children.
void AddChildren(const Chamber& chamber, const DrivenProcess& parent,
                 const std::string& branch, std::vector<Row>& rows) {
  std::vector<const DrivenProcess*> children;
  for (const auto& process : chamber.processes()) {
    if (Shown(chamber, *process) && ParentOf(chamber, *process) == &parent) {
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
    // At the left stand the host, and what the warden has adopted.
    if (!Shown(chamber, *process)) continue;
    const DrivenProcess* parent = ParentOf(chamber, *process);
    if (parent == nullptr || !Shown(chamber, *parent)) {
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
