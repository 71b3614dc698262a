// The ways to make a process in new namespaces, each compared with clone3(2)
// with the same namespaces, copy-on-write. The base is named after these
// namespaces. Namespaces that unshare(2) has made stay with its caller, so the
// time of that way does not contain their teardown. The time of clone3(2) does,
// as far as wait(2) waits for it.

#include <elf.h>
#include <fcntl.h>
#include <sched.h>
#include <spawn.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>

#include "benchmarks/groups/bare_child.h"
#include "benchmarks/groups/fresh_process.h"
#include "benchmarks/groups/groups.h"
#include "benchmarks/groups/namespaces.h"
#include "lib/host/names.h"
#include "lib/linux/fd.h"

namespace pidlab {
namespace {

// The smallest program calls exit(0). It has no libc, and nothing is loaded for
// it.
struct Program {
  static constexpr uint64_t kAddress = 0x400000;

  Elf64_Ehdr header = {};
  Elf64_Phdr segment = {};
  // xor %edi, %edi; mov $60, %eax; syscall
  uint8_t code[9] = {0x31, 0xff, 0xb8, 60, 0, 0, 0, 0x0f, 0x05};
};

Program ExitingProgram() {
  Program program;
  program.header = {
      .e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB,
                  EV_CURRENT},
      .e_type = ET_EXEC,
      .e_machine = EM_X86_64,
      .e_version = EV_CURRENT,
      .e_entry = Program::kAddress + offsetof(Program, code),
      .e_phoff = offsetof(Program, segment),
      .e_shoff = 0,
      .e_flags = 0,
      .e_ehsize = sizeof(Elf64_Ehdr),
      .e_phentsize = sizeof(Elf64_Phdr),
      .e_phnum = 1,
      .e_shentsize = 0,
      .e_shnum = 0,
      .e_shstrndx = 0,
  };
  program.segment = {
      .p_type = PT_LOAD,
      .p_flags = PF_R | PF_X,
      .p_offset = 0,
      .p_vaddr = Program::kAddress,
      .p_paddr = Program::kAddress,
      .p_filesz = sizeof(Program),
      .p_memsz = sizeof(Program),
      .p_align = 0x1000,
  };
  return program;
}

// The path of the program. Its file has no name, and ends with the stage.
struct ProgramFile {
  char path[32] = "";
};

// memfd_create(2) for a file that may be executed. Since Linux 6.3 there is a
// flag for that; an earlier kernel does not know it.
Sys<int> MakeExecutableMemory() {
  static constexpr unsigned kExecutable = 0x10;  // MFD_EXEC of <linux/memfd.h>
  const int file = memfd_create("exit", MFD_CLOEXEC | kExecutable);
  if (file >= 0 || errno != EINVAL) return FromErrno(file);
  return FromErrno(memfd_create("exit", MFD_CLOEXEC));
}

Sys<int> MakeProgram(ProgramFile& file) {
  const Sys<int> memory = MakeExecutableMemory();
  if (!memory.ok()) return memory;
  const Fd written(memory.value);
  const Program program = ExitingProgram();
  if (write(written.get(), &program, sizeof(program)) != sizeof(program)) {
    return Sys<int>::Failed(errno);
  }
  // A file that is open for writing cannot be executed, so it is opened a
  // second time.
  snprintf(file.path, sizeof(file.path), "/proc/self/fd/%d", written.get());
  const Sys<int> opened = FromErrno(open(file.path, O_RDONLY | O_CLOEXEC));
  snprintf(file.path, sizeof(file.path), "/proc/self/fd/%d", opened.value);
  return opened;
}

struct Way {
  const char* row;
  std::string call;
  bool unshares;  // unshare(2) makes the namespaces, before the call
  // Makes the child. Its argument is the namespaces that the call itself makes.
  std::function<Sys<pid_t>(uint64_t namespaces)> make;
};

Sys<pid_t> ByClone(uint64_t namespaces) {
  // CLONE_NEWTIME would be a bit of the signal that reports the child's end.
  if ((namespaces & CSIGNAL) != 0) return Sys<pid_t>::Failed(EINVAL);
  return BareChildByClone(namespaces);
}

// fork() of libc. The child returns from it, which costs page faults that a
// bare child does not have.
Sys<pid_t> Fork() {
  const pid_t pid = fork();
  if (pid == 0) _exit(0);
  return FromErrno(pid);
}

Sys<pid_t> Spawn(const char* path) {
  char name[] = "exit";
  char* const arguments[] = {name, nullptr};
  char* const environment[] = {nullptr};
  pid_t pid = 0;
  const int err =
      posix_spawn(&pid, path, nullptr, nullptr, arguments, environment);
  return {pid, err};
}

Sys<int> Unshare(uint64_t namespaces) {
  return FromErrno(unshare(static_cast<int>(namespaces)));
}

Sys<int> MakeAndReap(const Way& way, uint64_t namespaces) {
  if (way.unshares && namespaces != 0) {
    const Sys<int> unshared = Unshare(namespaces);
    if (!unshared.ok()) return unshared;
    namespaces = 0;
  }
  const Sys<pid_t> child = way.make(namespaces);
  return child.ok() ? Reap(child.value) : Sys<int>::Failed(child.err);
}

// Does the same without namespaces. The first call of a libc function has to
// look it up, which takes longer than many system calls.
Sys<int> WarmUp(const Way& way) {
  const Sys<int> nothing = Unshare(0);
  return nothing.ok() ? MakeAndReap(way, 0) : nothing;
}

// "unshare(CLONE_NEWPID), fork(), wait"
std::string Described(const Way& way, uint64_t namespaces) {
  const std::string names = CloneFlagNames(namespaces);
  if (!way.unshares) return way.call + "(" + names + "), wait";
  return (namespaces == 0 ? "" : "unshare(" + names + "), ") + way.call +
         "(), wait";
}

Operation By(const Way& way, uint64_t namespaces) {
  return TimedInFreshProcess(
      Described(way, namespaces), [way] { return WarmUp(way); },
      [way, namespaces] { return MakeAndReap(way, namespaces); });
}

Pair Beside(const Way& way, const NamespaceSet& namespaces) {
  const Way clone3{"clone3", "clone3", false, BareChild};
  return {
      .group = "ways",
      .row = way.row,
      .base_name = namespaces.name,
      .subject = By(way, namespaces.flags),
      .base = By(clone3, namespaces.flags),
      .stage = {.chain = {CLONE_NEWPID}},
      .needs = namespaces.needs,
      .to_run = namespaces.to_run,
      // There are many pairs. Only those of PID namespaces are measured
      // closely.
      .blocks = namespaces.flags == CLONE_NEWPID ? 20 : 5,
      .block_samples = 6,
  };
}

Pair WithClone(const NamespaceSet& namespaces) {
  Pair pair = Beside({"clone", "clone", false, ByClone}, namespaces);
  if ((namespaces.flags & CSIGNAL) != 0) {
    pair.needs = "a clone(2) that has room for CLONE_NEWTIME";
    pair.to_run = "clone3(2) has it: see the other ways";
  }
  return pair;
}

Pair WithSpawn(const NamespaceSet& namespaces) {
  const auto file = std::make_shared<ProgramFile>();
  Pair pair = Beside({"spawn", "posix_spawn", true,
                      [file](uint64_t) { return Spawn(file->path); }},
                     namespaces);
  pair.stage.prepare = [file] { return MakeProgram(*file); };
  pair.needs =
      "permission to execute a program that is in memory, memfd_create(2)" +
      (pair.needs.empty() ? "" : "; " + pair.needs);
  pair.to_run = "where sysctl vm.memfd_noexec is below 2" +
                (pair.to_run.empty() ? "" : "; " + pair.to_run);
  return pair;
}

}  // namespace

std::vector<Pair> WaysPairs() {
  std::vector<NamespaceSet> sets = {{.name = "none"}};
  sets.insert(sets.end(), NamespaceSets().begin(), NamespaceSets().end());
  const Way unshared{"unshare", "clone3", true, BareChild};
  const Way forked{"fork", "fork", true, [](uint64_t) { return Fork(); }};

  std::vector<Pair> pairs;
  for (const NamespaceSet& set : sets) {
    pairs.insert(pairs.end(), {WithClone(set), Beside(unshared, set),
                               Beside(forked, set), WithSpawn(set)});
  }
  return pairs;
}

}  // namespace pidlab
