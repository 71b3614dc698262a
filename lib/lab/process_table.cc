#include "lib/lab/process_table.h"

#include <algorithm>
#include <set>

#include "lib/text/grid.h"

namespace pidlab {
namespace {

constexpr const char* kNoPid = "·";

struct Row {
  std::string label;
  const SeenProcess* process;
};

// `branch` is printed before the names of the children.
void AddChildren(const std::vector<SeenProcess>& processes, int parent,
                 const std::string& branch, std::vector<Row>& rows) {
  std::vector<size_t> children;
  for (size_t i = 0; i < processes.size(); ++i) {
    if (processes[i].parent == parent) children.push_back(i);
  }
  for (const size_t child : children) {
    const bool last = child == children.back();
    // The host, and the processes that the chamber's PID 1 has adopted, stand
    // at the left.
    const bool root = parent < 0;
    const std::string twig = root ? "" : last ? "└─ " : "├─ ";
    const std::string rest = root ? "" : last ? "   " : "│  ";
    rows.push_back({branch + twig + processes[child].name, &processes[child]});
    AddChildren(processes, static_cast<int>(child), branch + rest, rows);
  }
}

std::set<int> NamespacesOf(const std::vector<SeenProcess>& processes) {
  std::set<int> namespaces;
  for (const SeenProcess& process : processes) {
    for (const PidInNamespace& pid : process.pids) {
      namespaces.insert(pid.pid_namespace);
    }
  }
  return namespaces;
}

std::string PidIn(const SeenProcess& process, int pid_namespace) {
  const auto pid = std::ranges::find(process.pids, pid_namespace,
                                     &PidInNamespace::pid_namespace);
  return pid == process.pids.end() ? kNoPid : std::to_string(pid->pid);
}

// A word for a process that is a zombie or stopped; "" for any other.
std::string MarkOf(const SeenProcess& process, Language language) {
  const bool english = language == Language::kEnglish;
  if (process.state == kZombie) return english ? "zombie" : "僵尸";
  if (process.state == kStopped) return english ? "stopped" : "已停止";
  return "";
}

}  // namespace

std::string ProcessTable(const std::vector<SeenProcess>& processes,
                         bool real_pids, Language language) {
  std::vector<Row> rows;
  AddChildren(processes, -1, "  ", rows);
  const std::set<int> namespaces = NamespacesOf(processes);
  const bool english = language == Language::kEnglish;

  Grid grid(1);
  Grid::Cells head = {""};
  if (real_pids) head.emplace_back(english ? "here" : "此终端");
  for (const int number : namespaces) {
    head.push_back(number > 0 ? "NS" + std::to_string(number)
                   : english  ? "chamber"
                              : "实验室");
  }
  head.emplace_back("");
  grid.Add(head);
  for (const auto& [label, process] : rows) {
    Grid::Cells cells = {label};
    if (real_pids) cells.push_back(std::to_string(process->real_pid));
    for (const int number : namespaces) {
      cells.push_back(PidIn(*process, number));
    }
    cells.push_back(MarkOf(*process, language));
    grid.Add(cells);
  }
  return grid.Text();
}

}  // namespace pidlab
