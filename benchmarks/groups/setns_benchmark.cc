// What joining namespaces by setns(2) costs: by a pidfd, all at once, and by a
// file below /proc/PID/ns that has to be opened first. The base is one call
// with such a file that is open; it is called after the type of the namespace.
// The way back is not part of any time. A process that joins a time namespace
// pays for a page fault as soon as it reads a clock: that is part of it.

#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#include <csignal>
#include <memory>

#include "benchmarks/groups/fresh_process.h"
#include "benchmarks/harness/pair.h"
#include "lib/host/names.h"
#include "lib/linux/clone.h"
#include "lib/linux/ending.h"
#include "lib/linux/fd.h"
#include "lib/linux/procfs.h"

#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x00000080  // Linux 5.6
#endif

namespace pidlab {
namespace {

struct Type {
  const char* name;
  uint64_t flag;
  const char* file;  // below /proc/PID/ns
};
using Types = std::vector<Type>;

const Type kPid = {"PID", CLONE_NEWPID, "pid"};
// Nobody can come back from there.
const Type kUser = {"USER", CLONE_NEWUSER, "user"};

// All the others: one process can join and leave them again and again.
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

// A process that waits for its end in new namespaces.
struct Target {
  pid_t pid = 0;  // for its parent
  Fd pidfd;
  pid_t pid_in_proc = 0;  // the /proc that is mounted may be another's

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

// What has to be opened for it, too.
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

// Namespaces of some types, and the way there and back for the stage.
struct Journey {
  explicit Journey(Types to) : types(std::move(to)), flags(FlagsOf(types)) {}

  const Types types;
  const uint64_t flags;
  Target target;
  std::string first_path;  // the file of the first type
  Files there;
  Files home;

  Sys<int> Prepare() {
    Sys<Target> made = MakeTarget(flags);
    if (!made.ok()) return Sys<int>::Failed(made.err);
    target = std::move(made.value);
    first_path = target.FileOf(types.front());
    for (const Type& type : types) {
      const Sys<int> opened = there.Open(target.FileOf(type));
      if (!opened.ok()) return opened;
      const Sys<int> own = home.Open(std::string("/proc/self/ns/") + type.file);
      if (!own.ok()) return own;
    }
    return {};
  }
};
using SharedJourney = std::shared_ptr<Journey>;
using Join = std::function<Sys<int>(const Journey& journey)>;

Sys<int> ByFiles(const Journey& journey) {
  return journey.there.JoinAll(journey.types);
}

Sys<int> ByPidfd(const Journey& journey) {
  return Setns(journey.target.pidfd.get(), journey.flags);
}

Sys<int> ByOpening(const Journey& journey) {
  return OpenAndSetns(journey.first_path, journey.flags);
}

// The time of `join`, and the way back.
Operation ThereAndBack(std::string ran, const SharedJourney& journey,
                       Join join) {
  const Operation timed =
      Timed("", [=, join = std::move(join)] { return join(*journey); });
  return {std::move(ran), [=] {
            Sys<Sample> sample = timed.take();
            if (sample.ok()) {
              sample.err = journey->home.JoinAll(journey->types).err;
            }
            return sample;
          }};
}

// For namespaces from which there is no way back.
Operation OneWay(std::string ran, const SharedJourney& journey,
                 const Join& join) {
  // It has no files, so the same code is run and fails.
  const auto nowhere = std::make_shared<Journey>(journey->types);
  nowhere->there.fds.resize(nowhere->types.size());
  return TimedInFreshProcess(
      std::move(ran),
      [=] {
        (void)join(*nowhere);
        return Sys<int>{};
      },
      [=] { return join(*journey); });
}

// Nobody has looked for the process in /proc before.
Operation ColdOpen(const SharedJourney& journey) {
  return {
      "open /proc/PID/ns/pid of a new process, setns, close",
      [journey]() -> Sys<Sample> {
        const Sys<Target> fresh = MakeTarget(CLONE_NEWPID);
        if (!fresh.ok()) return Sys<Sample>::Failed(fresh.err);
        const std::string path = fresh.value.FileOf(kPid);
        const int64_t begin = Now();
        const Sys<int> joined = OpenAndSetns(path, CLONE_NEWPID);
        const int64_t end = Now();
        if (!joined.ok()) return Sys<Sample>::Failed(joined.err);
        const Sys<int> back = journey->home.JoinAll(journey->types);
        const Sys<int> ended = EndTarget(fresh.value);
        return {{.total_ns = end - begin}, back.ok() ? ended.err : back.err};
      }};
}

// `journey` is that of both operations.
Pair Beside(std::string row, std::string base_name,
            const SharedJourney& journey, Operation subject, Operation base) {
  return {
      .group = "setns",
      .row = std::move(row),
      .base_name = std::move(base_name),
      .subject = std::move(subject),
      .base = std::move(base),
      // The stage's own namespaces are new, too: without privilege, there is no
      // way back to those of others.
      .stage = {.chain = {CLONE_NEWPID | (journey->flags & ~CLONE_NEWUSER)},
                .prepare = [journey] { return journey->Prepare(); }},
      .needs =
          "setns(2) with a pidfd (Linux 5.8), and leave to make and join "
          "namespaces " +
          CloneFlagNames(journey->flags),
      .to_run = "such a kernel, configured with them, and that leave",
      .blocks = 20,
  };
}

// setns(2) by a pidfd, beside setns(2) by a file.
Pair PidfdAndFile(const Type& type) {
  const auto journey = std::make_shared<Journey>(Types{type});
  const auto operation = [&](const char* ran, const Join& join) {
    return type.flag == CLONE_NEWUSER ? OneWay(ran, journey, join)
                                      : ThereAndBack(ran, journey, join);
  };
  return Beside("pidfd", type.name, journey, operation("setns(pidfd)", ByPidfd),
                operation("setns(file)", ByFiles));
}

Pair OpenAndFile(std::string row, Operation (*subject)(const SharedJourney&)) {
  const auto journey = std::make_shared<Journey>(Types{kPid});
  return Beside(std::move(row), kPid.name, journey, subject(journey),
                ThereAndBack("setns(file)", journey, ByFiles));
}

Operation WarmOpen(const SharedJourney& journey) {
  return ThereAndBack("open /proc/PID/ns/pid, setns, close", journey,
                      ByOpening);
}

Pair AtOnceAndSeven() {
  const auto journey = std::make_shared<Journey>(SevenTypes());
  return Beside("at once", "seven", journey,
                ThereAndBack("setns(pidfd, of seven types)", journey, ByPidfd),
                ThereAndBack("setns(file), seven times", journey, ByFiles));
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
