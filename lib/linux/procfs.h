// May be called inside ON(). What /proc says about processes and namespaces
// (proc(5)), read without allocating. It does not assume where /proc is mounted
// or which namespace it shows: paths come from the caller. (Only the runner
// uses operator<<.)

#ifndef PIDLAB_LIB_LINUX_PROCFS_H_
#define PIDLAB_LIB_LINUX_PROCFS_H_

#include <fcntl.h>
#include <sys/types.h>

#include <cstdint>
#include <initializer_list>
#include <ostream>
#include <string_view>

#include "lib/linux/sys.h"
#include "lib/linux/text.h"

namespace pidlab {

// Namespaces nest at most 32 deep (MAX_PID_NS_LEVEL in
// <linux/pid_namespace.h>), so a process has at most 33 PIDs.
inline constexpr size_t kMaxPidLevels = 33;

// The PIDs of one process, from the namespace of the proc mount that was read
// to its own, which is the innermost: the value of "NSpid:", "NStgid:",
// "NSpgid:" and "NSsid:".
class PidChain {
 public:
  constexpr PidChain() = default;
  constexpr PidChain(std::initializer_list<pid_t> pids) {
    for (const pid_t pid : pids) Append(pid);
  }

  // False when there are more than kMaxPidLevels.
  constexpr bool Append(pid_t pid) {
    if (size_ == kMaxPidLevels) return false;
    pids_[size_++] = pid;
    return true;
  }

  constexpr size_t size() const { return size_; }
  constexpr bool empty() const { return size_ == 0; }
  constexpr pid_t operator[](size_t level) const { return pids_[level]; }
  constexpr pid_t outermost() const { return pids_[0]; }
  constexpr pid_t innermost() const { return pids_[size_ - 1]; }

  // The chain as a proc mount `levels` further inside shows it.
  constexpr PidChain WithoutOuter(size_t levels) const {
    PidChain inner;
    for (size_t i = levels; i < size_; ++i) inner.Append(pids_[i]);
    return inner;
  }

  friend constexpr bool operator==(const PidChain&, const PidChain&) = default;
  friend std::ostream& operator<<(std::ostream& out, const PidChain& chain);

 private:
  pid_t pids_[kMaxPidLevels] = {};
  size_t size_ = 0;
};

// A set of signals, as SigCgt and similar lines show it: bit n-1 is signal n.
struct SignalSet {
  uint64_t bits = 0;

  // The set that has only this signal.
  static constexpr SignalSet Of(int signal) {
    return {uint64_t{1} << (signal - 1)};
  }
  constexpr bool Has(int signal) const {
    return (bits >> (signal - 1) & 1) != 0;
  }
  friend constexpr bool operator==(SignalSet, SignalSet) = default;
  // The names: "SIGHUP SIGINT", "none".
  friend std::ostream& operator<<(std::ostream& out, SignalSet set);
};

// The state of a process, by the letter that proc(5) explains.
struct ProcessState {
  char letter = '?';

  friend constexpr bool operator==(ProcessState, ProcessState) = default;
  // "T (stopped)"
  friend std::ostream& operator<<(std::ostream& out, ProcessState state);
};
inline constexpr ProcessState kRunning{'R'};
inline constexpr ProcessState kSleeping{'S'};
inline constexpr ProcessState kStopped{'T'};
inline constexpr ProcessState kZombie{'Z'};

// The name of a process. It has at most 15 letters, but escapes make it longer.
using ProcessName = Text<64>;

// /proc/PID/status. What the file does not have (for example NSpid before Linux
// 4.1) stays empty.
struct ProcessStatus {
  ProcessName name;  // "Name:", with \n and \\ escaped as the kernel does
  ProcessState state;
  pid_t pid = 0;   // "Pid:", a number in the proc mount's namespace
  pid_t ppid = 0;  // 0: no parent in that namespace
  PidChain ns_tgid;
  PidChain ns_pid;
  PidChain ns_pgid;
  PidChain ns_sid;
  SignalSet pending;  // "ShdPnd:", of the whole process
  SignalSet blocked;
  SignalSet ignored;
  SignalSet caught;
};

// EBADMSG when the text lacks Name, State, Pid or PPid, or has something else
// in the place of a number: it is truncated, or it is not a status file.
Sys<ProcessStatus> ParseStatus(std::string_view text);
// Fails with EBADMSG, too, when the file is too long to be read as far as that.
Sys<ProcessStatus> ReadStatus(const char* path);
// /proc/PID/status. `pid` is a number in the namespace that /proc shows.
Sys<ProcessStatus> StatusOf(pid_t pid);
// /proc/self/status
Sys<ProcessStatus> OwnStatus();

// One line of /proc/PID/status.
Sys<ProcessName> NameOf(pid_t pid);
Sys<ProcessState> StateOf(pid_t pid);
Sys<pid_t> PPidOf(pid_t pid);
Sys<PidChain> NSpidOf(pid_t pid);

// A process, its parent, its grandparent, and so on up to a PPID of 0.
Sys<PidChain> ClimbFrom(pid_t pid);

// The first fields of /proc/PID/stat.
struct ProcessStat {
  Text<64> comm;  // may hold spaces, parentheses and newlines
  ProcessState state;
  pid_t pid = 0;
  pid_t ppid = 0;
  pid_t pgrp = 0;
  pid_t session = 0;
};

// They fail with EBADMSG as above.
Sys<ProcessStat> ParseStat(std::string_view text);
Sys<ProcessStat> ReadStat(const char* path);

// What /proc/self/fdinfo shows of a pidfd: the PIDs from the namespace of the
// proc mount inwards. {-1} once the process is reaped, {0} if it is not visible
// there. EBADMSG if the file has no such line (before Linux 5.5 there is no
// NSpid).
Sys<PidChain> ParsePidfdInfo(std::string_view text);
Sys<PidChain> ReadPidfdInfo(int pidfd);

// Identifies the namespace that a file below /proc/PID/ns means. Two of them
// are equal if the namespace is the same.
struct NamespaceId {
  dev_t device = 0;
  ino_t inode = 0;

  friend bool operator==(const NamespaceId&, const NamespaceId&) = default;
  // "[4026531836]", which is what follows "pid:" in the link. The number
  // differs in every run.
  friend std::ostream& operator<<(std::ostream& out, const NamespaceId& id);
};

// stat(2) of such a file. `directory` is for a relative path, as in openat(2).
Sys<NamespaceId> ReadNamespace(const char* path, int directory = AT_FDCWD);

// Whether such a file means this namespace. The number of a namespace differs
// in every run, so it is compared, and not shown.
Sys<bool> LeadsTo(const char* path, NamespaceId id);

// readlink(2)
Sys<Text<256>> ReadLink(const char* path);

// The caller's own PID in the proc that is mounted at `proc`. ENOENT: it has
// none in that PID namespace (fs/proc/self.c).
Sys<pid_t> SelfIn(const char* proc);

// The bytes of a file; see Text::truncated().
inline constexpr size_t kFileTextCapacity = 3072;
using FileText = Text<kFileTextCapacity>;
Sys<FileText> ReadFile(const char* path, int directory = AT_FDCWD);

}  // namespace pidlab

#endif  // PIDLAB_LIB_LINUX_PROCFS_H_
