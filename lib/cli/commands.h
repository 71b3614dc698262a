// The commands of pidlab. Each gets its options, already parsed, and returns
// an exit code; results go to stdout, errors to stderr.

#ifndef PIDLAB_LIB_CLI_COMMANDS_H_
#define PIDLAB_LIB_CLI_COMMANDS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "lib/handout/handout.h"

namespace pidlab {

inline constexpr const char* kVersion = "1.0";

struct ListOptions {
  bool json = false;
};
int List(const ListOptions& options);

// Every claim, and who tries it, as Markdown.
int CatalogueCommand();

struct RunLabOptions {
  std::string lab;
  bool step = false;
  bool automatic = false;
  bool no_predict = false;
  Language language = Language::kEnglish;
};
int RunLab(const RunLabOptions& options);

struct HintOptions {
  std::string lab;
  int number = 1;
  Language language = Language::kEnglish;
};
int Hint(const HintOptions& options);

struct GradeOptions {
  std::string program;                 // as it would be typed
  std::vector<std::string> arguments;  // before the command
  double timeout_scale = 1;
  Language language = Language::kEnglish;
};
int Grade(const GradeOptions& options);

struct VerifyOptions {
  std::vector<std::string> labs;  // empty: all
  std::string filter = "*";
  std::string json_file;
  int repeat = 1;
  int jobs = 0;  // 0: one for each CPU
  bool fail_on_skip = false;
  double timeout_scale = 1;
};
int Verify(const VerifyOptions& options);

struct BenchRunOptions {
  bool quick = false;
  std::string filter;  // of names, a regular expression; empty: all
  std::string out_file;
  uint64_t seed = 1;
  std::vector<std::string> google_flags;  // --benchmark_...
};
int BenchRunCommand(const BenchRunOptions& options);

// What a run has written, "-" is standard input.
int BenchShow(const std::string& file);

// kClaimViolated if something is faster or slower in B.
int BenchCompare(const std::string& file_a, const std::string& file_b);

// The bars of docs/benchmarks.md; kClaimViolated if one is missed.
int BenchCheck(bool full);

struct VmOptions {
  bool fetch_list = false;  // what can be fetched, and no more
  std::string fetch;        // a series to fetch, and no more
  std::string kernel;       // a file, or a fetched series; "": see ChooseKernel
  int memory_mib = 512;
  int cpus = 2;
  double timeout_seconds = 0;  // 0: none
  bool emulate = false;        // even if there is KVM
  bool console = false;        // show what the kernel says
  std::string language;        // for pidlab in it: "en", "zh"
  std::vector<std::string> command;
};
int Vm(const VmOptions& options);

struct MatrixOptions {
  std::vector<std::string> kernels;  // as in VmOptions
  bool no_host = false;              // without the kernel that runs here
  int memory_mib = 512;
  bool emulate = false;
  std::string json_file;
  std::string
      expect_file;  // verdicts that were recorded; "": none are expected
};
// kClaimViolated if a claim is, or if a verdict is not the recorded one.
int MatrixRun(const MatrixOptions& options);

// What `matrix run` or `verify` has written, "-" is standard input.
int MatrixShow(const std::vector<std::string>& files);

}  // namespace pidlab

#endif  // PIDLAB_LIB_CLI_COMMANDS_H_
