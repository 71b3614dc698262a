#include "lib/cli/workers.h"

#include <poll.h>
#include <unistd.h>

#include <csignal>
#include <optional>
#include <string>

#include "lib/handout/handout.h"
#include "lib/linux/children.h"
#include "lib/linux/clone.h"
#include "lib/linux/ending.h"
#include "lib/linux/socket.h"
#include "lib/report/record_json.h"
#include "lib/trial/abandon.h"

namespace pidlab {
namespace {

// A record has to fit into one datagram of a UNIX socket.
constexpr size_t kMaxRecordBytes = size_t{128} << 10;

struct Worker {
  pid_t pid = -1;
  Fd pidfd;
  Fd wire;
  std::optional<size_t> task;  // what it is running
};

// Serves tasks, an index a datagram, until the wire is closed.
[[noreturn]] void Work(int wire, Fd& parent,
                       const std::vector<const Experiment*>& tasks,
                       const WorkerOptions& options) {
  (void)DieWithParent(parent);
  parent.Close();
  std::string record_bytes;
  for (;;) {
    size_t index;
    const Sys<size_t> size =
        ReceiveDatagram(wire, std::as_writable_bytes(std::span(&index, 1)));
    if (!size.ok() || size.value == 0) _exit(0);
    RunOptions run;
    run.chamber.patience = options.patience;
    run.step_titles = StepTitlesOf(tasks[index]->folder());
    // ^C is for the main process, which then ends this one.
    record_bytes = ToJson(RunExperiment(*tasks[index], run))
                       .dump(-1, ' ', false,
                             nlohmann::ordered_json::error_handler_t::replace);
    if (!SendDatagram(wire, std::as_bytes(std::span(record_bytes))).ok()) {
      _exit(1);
    }
  }
}

class Crew {
 public:
  Crew(const std::vector<const Experiment*>& tasks,
       const WorkerOptions& options)
      : tasks_(tasks), options_(options), self_(PidfdOpen(getpid()).value) {
    // What a killed worker leaves becomes this process's child, so that it
    // can wait for the very last of them.
    (void)AdoptOrphans();
  }
  ~Crew() { Dismiss(); }

  // False if it was interrupted.
  bool Run(const std::function<void(size_t, Record)>& done) {
    const size_t jobs =
        std::min(static_cast<size_t>(options_.jobs), tasks_.size());
    for (size_t i = 0; i < jobs; ++i) {
      workers_.push_back(Hire());
      GiveTask(workers_.back());
    }
    size_t ended = 0;
    while (ended < tasks_.size()) {
      std::vector<pollfd> fds = {
          {.fd = options_.interrupt_fd, .events = POLLIN, .revents = 0}};
      for (const Worker& worker : workers_) {
        fds.push_back(
            {.fd = worker.wire.get(), .events = POLLIN, .revents = 0});
      }
      if (poll(fds.data(), fds.size(), -1) < 0) continue;  // EINTR
      if (fds[0].revents != 0) return false;
      for (size_t i = 0; i < workers_.size(); ++i) {
        if (fds[i + 1].revents == 0 || !workers_[i].task) continue;
        const size_t task = *workers_[i].task;
        done(task, Collect(workers_[i]));
        ++ended;
        GiveTask(workers_[i]);
      }
    }
    return true;
  }

  // Ends the workers; true if nobody is left of them and theirs.
  bool Dismiss() {
    for (const Worker& worker : workers_) {
      (void)PidfdSendSignal(worker.pidfd.get(), SIGKILL);
    }
    workers_.clear();
    // The chambers follow their runners by PR_SET_PDEATHSIG.
    return AwaitNoChildren(Deadline::In(options_.patience));
  }

 private:
  Worker Hire() {
    Sys<SocketPair> wire = MakeSocketPair();
    if (!wire.ok()) AbandonAsError("socketpair: " + DescribeErrno(wire.err));
    int pidfd = -1;
    const Sys<pid_t> pid = Clone3(0, &pidfd);
    if (!pid.ok()) AbandonAsError("clone3(0): " + DescribeErrno(pid.err));
    if (pid.value == 0) {
      for (Worker& other : workers_) other.wire.Close();
      wire.value.near.Close();
      Work(wire.value.far.get(), self_, tasks_, options_);
    }
    return {pid.value, Fd(pidfd), std::move(wire.value.near), {}};
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
    buffer_.resize(kMaxRecordBytes);
    const Sys<size_t> size = ReceiveDatagram(
        worker.wire.get(), std::as_writable_bytes(std::span(buffer_)));
    if (size.ok() && size.value > 0) {
      return RecordFromJson(nlohmann::ordered_json::parse(
          std::string_view{buffer_}.substr(0, size.value)));
    }
    Record record;
    record.folder = tasks_[task]->folder();
    record.experiment = tasks_[task]->name;
    (void)PidfdSendSignal(worker.pidfd.get(), SIGKILL);
    record.reason =
        "the runner " + ::testing::PrintToString(WaitFor(worker.pid).value);
    worker = Hire();
    return record;
  }

  const std::vector<const Experiment*>& tasks_;
  const WorkerOptions& options_;
  Fd self_;
  std::vector<Worker> workers_;
  size_t next_ = 0;
  std::string buffer_;
};

}  // namespace

WorkersEnd RunInWorkers(const std::vector<const Experiment*>& tasks,
                        const WorkerOptions& options,
                        const std::function<void(size_t, Record)>& done) {
  Crew crew(tasks, options);
  const bool interrupted = !crew.Run(done);
  return {interrupted, crew.Dismiss()};
}

}  // namespace pidlab
