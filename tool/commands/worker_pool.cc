#include "tool/commands/worker_pool.h"

#include <unistd.h>

#include <csignal>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>

#include "lib/host/error.h"
#include "lib/host/files.h"
#include "lib/host/names.h"
#include "lib/host/wait.h"
#include "lib/linux/children.h"
#include "lib/linux/clone.h"
#include "lib/linux/ending.h"
#include "lib/linux/socket.h"
#include "tool/report/record_json.h"

namespace pidlab {
namespace {

struct Worker {
  pid_t pid = -1;
  Fd pidfd;
  Fd wire;
  Fd record;  // a memory file, into which it writes what it has found
  std::optional<size_t> task;  // what it is running
};

// Runs tasks until the socket is closed. Each datagram has the index of a task.
// When the record is written, the same datagram is sent back as the answer.
[[noreturn]] void Work(int wire, const Fd& record_file, Fd& parent,
                       const std::vector<const Experiment*>& tasks,
                       const WorkerOptions& options) {
  (void)DieWithParent(parent);
  parent.Close();
  for (;;) {
    size_t index;
    const Sys<size_t> size =
        ReceiveDatagram(wire, std::as_writable_bytes(std::span(&index, 1)));
    if (!size.ok() || size.value == 0) _exit(0);
    RunOptions run;
    run.chamber.patience = options.patience;
    // ^C is for the main process, which then ends this one.
    const Record record = RunExperiment(*tasks[index], run);
    if (ftruncate(record_file.get(), 0) != 0 ||
        lseek(record_file.get(), 0, SEEK_SET) != 0 ||
        !WriteAll(record_file.get(), TextOf(ToJson(record), -1)).ok() ||
        !SendDatagram(wire, std::as_bytes(std::span(&index, 1))).ok()) {
      _exit(1);
    }
  }
}

class WorkerPool {
 public:
  WorkerPool(const std::vector<const Experiment*>& tasks,
             const WorkerOptions& options)
      : tasks_(tasks), options_(options), self_(PidfdOpen(getpid()).value) {
    // The processes that a killed worker leaves behind become children of this
    // process, so that it can wait for all of them.
    (void)AdoptOrphans();
  }
  ~WorkerPool() { End(); }

  // Throws Interrupted.
  void Run(const std::function<void(size_t, Record)>& done) {
    const size_t jobs =
        std::min(static_cast<size_t>(options_.jobs), tasks_.size());
    for (size_t i = 0; i < jobs; ++i) {
      workers_.push_back(StartWorker());
      GiveTask(workers_.back());
    }
    size_t ended = 0;
    while (ended < tasks_.size()) {
      std::vector<pollfd> fds;
      for (const Worker& worker : workers_) {
        fds.push_back(ToRead(worker.wire.get()));
      }
      (void)Wait(fds, options_.interrupt_fd);
      for (size_t i = 0; i < workers_.size(); ++i) {
        if (fds[i].revents == 0 || !workers_[i].task) continue;
        const size_t task = *workers_[i].task;
        done(task, Collect(workers_[i]));
        ++ended;
        GiveTask(workers_[i]);
      }
    }
  }

  // Kills the workers. Returns true if neither they nor their descendants are
  // left.
  bool End() {
    for (const Worker& worker : workers_) {
      (void)PidfdSendSignal(worker.pidfd.get(), SIGKILL);
    }
    workers_.clear();
    // PR_SET_PDEATHSIG ends the chambers when their runners end.
    return AwaitNoChildren(Deadline::In(options_.patience));
  }

 private:
  Worker StartWorker() {
    Sys<SocketPair> wire = MakeSocketPair();
    if (!wire.ok()) FailAsHarness("socketpair: " + DescribeErrno(wire.err));
    Fd record = MemoryFile("record");
    int pidfd = -1;
    const Sys<pid_t> pid = Clone3(0, &pidfd);
    if (!pid.ok()) FailAsHarness("clone3(0): " + DescribeErrno(pid.err));
    if (pid.value == 0) {
      for (Worker& other : workers_) other.wire.Close();
      wire.value.near.Close();
      Work(wire.value.far.get(), record, self_, tasks_, options_);
    }
    return {pid.value,
            Fd(pidfd),
            std::move(wire.value.near),
            std::move(record),
            {}};
  }

  void GiveTask(Worker& worker) {
    if (next_ == tasks_.size()) return;
    worker.task = next_++;
    (void)SendDatagram(worker.wire.get(),
                       std::as_bytes(std::span(&*worker.task, 1)));
  }

  // The record of the task that the worker was given; if the worker is dead,
  // a new one takes its place.
  Record Collect(Worker& worker) {
    const size_t task = *std::exchange(worker.task, std::nullopt);
    size_t done = 0;
    const Sys<size_t> size = ReceiveDatagram(
        worker.wire.get(), std::as_writable_bytes(std::span(&done, 1)));
    if (size.ok() && size.value > 0) {
      return RecordFromJson(
          nlohmann::ordered_json::parse(ContentsOf(worker.record)));
    }
    Record record;
    record.folder = tasks_[task]->folder();
    record.experiment = tasks_[task]->name;
    (void)PidfdSendSignal(worker.pidfd.get(), SIGKILL);
    std::ostringstream ending;
    ending << "the runner " << WaitFor(worker.pid).value;
    record.reason = ending.str();
    worker = StartWorker();
    return record;
  }

  const std::vector<const Experiment*>& tasks_;
  const WorkerOptions& options_;
  Fd self_;
  std::vector<Worker> workers_;
  size_t next_ = 0;
};

}  // namespace

WorkersEnd RunInWorkers(const std::vector<const Experiment*>& tasks,
                        const WorkerOptions& options,
                        const std::function<void(size_t, Record)>& done) {
  WorkerPool pool(tasks, options);
  bool interrupted = false;
  try {
    pool.Run(done);
  } catch (const Interrupted&) {
    interrupted = true;
  }
  return {interrupted, pool.End()};
}

}  // namespace pidlab
