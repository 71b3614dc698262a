// What joining namespaces by setns(2) costs: by a pidfd, all at once, and by a
// file below /proc/PID/ns that has to be opened first. The base is one call
// with such a file that is already open; its name is the type of the namespace.
// The time to return to the process's own namespaces is not included. A process
// that joins a time namespace has a page fault as soon as it reads a clock:
// that is included.

#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#include <csignal>
#include <memory>

#include "benchmarks/groups/fresh_process.h"
#include "benchmarks/groups/groups.h"
#include "benchmarks/groups/namespaces.h"
#include "lib/host/names.h"
#include "lib/linux/clone.h"
#include "lib/linux/ending.h"
#include "lib/linux/fd.h"
#include "lib/linux/procfs.h"

namespace pidlab {
namespace {

struct Type {
  const char* name;
  uint64_t flag;
  const char* file;  // below /proc/PID/ns
};
using Types = std::vector<Type>;

const Type kPid = {"PID", CLONE_NEWPID, "pid"};
// A process cannot return from a user namespace.
const Type kUser = {"USER", CLONE_NEWUSER, "user"};

// All other types: one process can join and leave them again and again.
Types SevenTypes() {
  return {kPid,
          {"UTS", CLONE_NEWUTS, "uts"},
          {"CGROUP", CLONE_NEWCGROUP, "cgroup"},
          {"TIME", CLONE_NEWTIME, "time"},
          {"IPC", CLONE_NEWIPC, "ipc"},
          {"NS", CLONE_NEWNS, "mnt"},
          {"NET", CLONE_NEWNET, "net"}};
}

uint64_t FlagsOf(const Types& types) {
  uint64_t flags = 0;
  for (const Type& type : types) flags |= type.flag;
  return flags;
}

// A process in new namespaces that waits to be killed.
struct Target {
  pid_t pid = 0;  // as its parent sees it
  Fd pidfd;
  pid_t pid_in_proc = 0;  // its PID in /proc, which may show another namespace

  std::string FileOf(const Type& type) const {
    return "/proc/" + std::to_string(pid_in_proc) + "/ns/" + type.file;
  }
};

Sys<Target> MakeTarget(uint64_t flags) {
  int pidfd = -1;
  const Sys<pid_t> child = Clone3(flags, &pidfd);
  if (child.ok() && child.value == 0) {
    for (;;) pause();
  }
  if (!child.ok()) return Sys<Target>::Failed(child.err);
  const Sys<PidChain> chain = ReadPidfdInfo(pidfd);
  Target target{child.value, Fd(pidfd), 0};
  if (chain.ok()) target.pid_in_proc = chain.value.outermost();
  return {std::move(target), chain.err};
}

Sys<int> EndTarget(const Target& target) {
  if (kill(target.pid, SIGKILL) != 0) return Sys<int>::Failed(errno);
  return {0, WaitFor(target.pid).err};
}

Sys<int> Setns(int fd, uint64_t flags) {
  return FromErrno(setns(fd, static_cast<int>(flags)));
}

// setns(2), including the open(2) of its file.
Sys<int> OpenAndSetns(const std::string& path, uint64_t flag) {
  const Fd file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  return file.valid() ? Setns(file.get(), flag) : Sys<int>::Failed(errno);
}

// Open files of namespaces, one for each type.
struct Files {
  std::vector<Fd> fds;

  Sys<int> Open(const std::string& path) {
    fds.emplace_back(open(path.c_str(), O_RDONLY | O_CLOEXEC));
    return FromErrno(fds.back().get());
  }
  Sys<int> JoinAll(const Types& types) const {
    for (size_t i = 0; i < types.size(); ++i) {
      const Sys<int> joined = Setns(fds[i].get(), types[i].flag);
      if (!joined.ok()) return joined;
    }
    return {};
  }
};

// Namespaces of some types that a stage can join, and the stage's own, to which
// it returns.
struct Fixture {
  explicit Fixture(Types to) : types(std::move(to)), flags(FlagsOf(types)) {}

  const Types types;
  const uint64_t flags;
  Target target;
  std::string first_path;  // the file of the first type
  Files targets;
  Files own;

  Sys<int> Prepare() {
    Sys<Target> made = MakeTarget(flags);
    if (!made.ok()) return Sys<int>::Failed(made.err);
    target = std::move(made.value);
    first_path = target.FileOf(types.front());
    for (const Type& type : types) {
      const Sys<int> opened = targets.Open(target.FileOf(type));
      if (!opened.ok()) return opened;
      const Sys<int> back = own.Open(std::string("/proc/self/ns/") + type.file);
      if (!back.ok()) return back;
    }
    return {};
  }
};
using SharedFixture = std::shared_ptr<Fixture>;
using Join = std::function<Sys<int>(const Fixture& fixture)>;

Sys<int> ByFiles(const Fixture& fixture) {
  return fixture.targets.JoinAll(fixture.types);
}

Sys<int> ByPidfd(const Fixture& fixture) {
  return Setns(fixture.target.pidfd.get(), fixture.flags);
}

Sys<int> ByOpening(const Fixture& fixture) {
  return OpenAndSetns(fixture.first_path, fixture.flags);
}

// Measures the time of `join`. The return is not timed.
Operation JoinAndReturn(std::string ran, const SharedFixture& fixture,
                        Join join) {
  const Operation timed =
      Timed("", [=, join = std::move(join)] { return join(*fixture); });
  return {std::move(ran), [=] {
            Sys<Sample> sample = timed.take();
            if (sample.ok()) {
              sample.err = fixture->own.JoinAll(fixture->types).err;
            }
            return sample;
          }};
}

// For namespaces from which there is no way back.
Operation JoinForGood(std::string ran, const SharedFixture& fixture,
                      const Join& join) {
  // To warm up, the same code runs without files, and fails.
  const auto nowhere = std::make_shared<Fixture>(fixture->types);
  nowhere->targets.fds.resize(nowhere->types.size());
  return TimedInFreshProcess(
      std::move(ran),
      [=] {
        (void)join(*nowhere);
        return Sys<int>{};
      },
      [=] { return join(*fixture); });
}

// The process is new, so it was not looked up in /proc before.
Operation ColdOpen(const SharedFixture& fixture) {
  return {
      "open /proc/PID/ns/pid of a new process, setns, close",
      [fixture]() -> Sys<Sample> {
        const Sys<Target> fresh = MakeTarget(CLONE_NEWPID);
        if (!fresh.ok()) return Sys<Sample>::Failed(fresh.err);
        const std::string path = fresh.value.FileOf(kPid);
        const int64_t begin = Now();
        const Sys<int> joined = OpenAndSetns(path, CLONE_NEWPID);
        const int64_t end = Now();
        if (!joined.ok()) return Sys<Sample>::Failed(joined.err);
        const Sys<int> back = fixture->own.JoinAll(fixture->types);
        const Sys<int> ended = EndTarget(fresh.value);
        return {{.total_ns = end - begin}, back.ok() ? ended.err : back.err};
      }};
}

// Both operations use the same fixture.
Pair Beside(std::string row, std::string base_name,
            const SharedFixture& fixture, Operation subject, Operation base) {
  return {
      .group = "setns",
      .row = std::move(row),
      .base_name = std::move(base_name),
      .subject = std::move(subject),
      .base = std::move(base),
      // The stage's own namespaces are new, too: a process without privilege
      // cannot return to namespaces of others.
      .stage = {.chain = {CLONE_NEWPID | (fixture->flags & ~CLONE_NEWUSER)},
                .prepare = [fixture] { return fixture->Prepare(); }},
      .needs =
          "setns(2) with a pidfd (Linux 5.8), and permission to create and "
          "join namespaces " +
          CloneFlagNames(fixture->flags),
      .to_run = "such a kernel, configured with them, and that permission",
      .blocks = 20,
  };
}

// Compares setns(2) by a pidfd with setns(2) by a file.
Pair PidfdAndFile(const Type& type) {
  const auto fixture = std::make_shared<Fixture>(Types{type});
  const auto operation = [&](const char* ran, const Join& join) {
    return type.flag == CLONE_NEWUSER ? JoinForGood(ran, fixture, join)
                                      : JoinAndReturn(ran, fixture, join);
  };
  return Beside("pidfd", type.name, fixture, operation("setns(pidfd)", ByPidfd),
                operation("setns(file)", ByFiles));
}

Pair OpenAndFile(std::string row, Operation (*subject)(const SharedFixture&)) {
  const auto fixture = std::make_shared<Fixture>(Types{kPid});
  return Beside(std::move(row), kPid.name, fixture, subject(fixture),
                JoinAndReturn("setns(file)", fixture, ByFiles));
}

Operation WarmOpen(const SharedFixture& fixture) {
  return JoinAndReturn("open /proc/PID/ns/pid, setns, close", fixture,
                       ByOpening);
}

Pair AtOnceAndSeven() {
  const auto fixture = std::make_shared<Fixture>(SevenTypes());
  return Beside("at once", "seven", fixture,
                JoinAndReturn("setns(pidfd, of seven types)", fixture, ByPidfd),
                JoinAndReturn("setns(file), seven times", fixture, ByFiles));
}

}  // namespace

std::vector<Pair> SetnsPairs() {
  std::vector<Pair> pairs;
  for (const Type& type : SevenTypes()) pairs.push_back(PidfdAndFile(type));
  pairs.push_back(PidfdAndFile(kUser));
  pairs.push_back(AtOnceAndSeven());
  pairs.push_back(OpenAndFile("open", WarmOpen));
  pairs.push_back(OpenAndFile("cold open", ColdOpen));
  return pairs;
}

}  // namespace pidlab
