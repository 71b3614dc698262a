// pidlab, and every numbered lab: one main for what is linked in.

#include <fcntl.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <iostream>

#include "lib/cli/commands.h"
#include "lib/cli/exit_codes.h"
#include "lib/cli/folders.h"
#include "lib/linux/sys.h"
#include "lib/trial/abandon.h"
#include "lib/vm/guest.h"

namespace pidlab {
namespace {

constexpr const char* kExamples =
    "Examples:\n"
    "  pidlab list                  what there is\n"
    "  pidlab run 01                lab 01, step by step on a terminal\n"
    "  pidlab run 12 --lang zh      lab 12, in Chinese\n"
    "  pidlab run 12 | less         straight through, nobody is asked\n"
    "  pidlab hint 12 2             the second of three hints\n"
    "  pidlab verify                every claim, no questions\n"
    "  pidlab verify 09 12 --repeat 100\n"
    "  pidlab grade --exe ./my_shell\n"
    "  pidlab grade --exe unshare -- -pf --mount-proc --kill-child\n"
    "  pidlab verify --filter '*Orphan*' --json results.json\n"
    "  pidlab bench run --quick     what a namespace costs\n"
    "  pidlab vm --fetch 6.1        a kernel of Debian's\n"
    "  pidlab vm --kernel 6.1 -- verify\n"
    "  pidlab matrix run --kernel 5.10 --kernel 6.1\n"
    "\n"
    "Exit codes: 0 every claim that ran holds; 1 a claim is violated (or a "
    "skip\n"
    "under --fail-on-skip); 2 usage; 4 everything was skipped; 5 the harness\n"
    "failed, or left something behind; 130 interrupted.";

// LC_ALL and its fellows decide when nobody says --lang.
std::string DefaultLanguage() {
  for (const char* name : {"PIDLAB_LANG", "LC_ALL", "LC_MESSAGES", "LANG"}) {
    const char* value = getenv(name);
    if (value != nullptr && *value != '\0') {
      return std::string_view(value).starts_with("zh") ? "zh" : "en";
    }
  }
  return "en";
}

Language ToLanguage(const std::string& name) {
  return name == "zh" ? Language::kChinese : Language::kEnglish;
}

// A numbered binary holds one lab: that is meant when none is named.
std::string OnlyLab() {
  const std::vector<Folder> folders = Folders();
  return folders.size() == 1 ? folders[0].slug : "";
}

// What could not be written is no success.
int AfterFlush(int exit_code) {
  errno = 0;
  if (std::cout.flush().good() && std::fflush(stdout) == 0 &&
      std::ferror(stdout) == 0) {
    return exit_code;
  }
  std::cerr << "pidlab: cannot write to the standard output"
            << (errno == 0 ? "" : ": " + DescribeErrno(errno)) << '\n';
  return exit_code == kEveryClaimHolds ? kHarnessFailed : exit_code;
}

// What a user may type: each command with its options, as CLI11 wants it.
class CommandLine {
 public:
  CommandLine() {
    app_.footer(kExamples);
    app_.set_version_flag("--version", std::string("pidlab ") + kVersion);
    app_.require_subcommand(0, 1);
    app_.get_formatter()->column_width(28);
    AddList();
    AddCatalogue();
    AddRun();
    AddHint();
    AddGrade();
    AddVerify();
    AddBench();
    AddVm();
    AddMatrix();
    app_.add_subcommand(kGuestCommand)->group("")->callback(BeGuest);
  }

  // Does it: the exit code.
  int Run(int argc, char** argv) {
    app_.parse(argc, argv);
    if (app_.get_subcommands().empty()) std::cerr << app_.help();
    return exit_code_;
  }

  // --help and --version come as an error, too.
  int Exit(const CLI::ParseError& error) const {
    if (error.get_exit_code() == 0) {
      app_.exit(error);
      return kEveryClaimHolds;
    }
    std::cerr << "pidlab: " << error.what() << "; see pidlab --help\n";
    return kUsage;
  }

 private:
  void AddLanguage(CLI::App* command) {
    command->add_option("--lang", language_, "en or zh")
        ->check(CLI::IsMember({"en", "zh"}));
  }

  static void AddTimeoutScale(CLI::App* command, double& scale) {
    command
        ->add_option("--timeout-scale", scale,
                     "Wait so many times longer before it counts as a hang")
        ->check(CLI::Range(0.001, 1000.0))
        ->check([](const std::string& text) {  // no Range excludes it
          return std::isnan(std::strtod(text.c_str(), nullptr))
                     ? "Value " + text + " is no number"
                     : std::string();
        });
  }

  void AddList() {
    CLI::App* command =
        app_.add_subcommand("list", "The labs, their claims, what each needs");
    command->add_flag("--json", list_.json, "As JSON");
    command->callback([this] { exit_code_ = List(list_); });
  }

  void AddCatalogue() {
    app_.add_subcommand("catalogue",
                        "Every claim, whether it holds, and who tries it")
        ->callback([this] { exit_code_ = CatalogueCommand(); });
  }

  void AddRun() {
    run_.lab = OnlyLab();
    CLI::App* command =
        app_.add_subcommand("run", "Tell a lab while it happens");
    command->add_option("LAB", run_.lab, "Its number, its slug, or both")
        ->required(run_.lab.empty());
    CLI::Option* step =
        command->add_flag("--step", run_.step, "Wait for Enter at each step");
    command->add_flag("--auto", run_.automatic, "Run straight through")
        ->excludes(step);
    command->add_flag("--no-predict", run_.no_predict, "Ask no predictions");
    AddLanguage(command);
    command->callback([this] {
      run_.language = ToLanguage(language_);
      exit_code_ = RunLab(run_);
    });
  }

  void AddHint() {
    hint_.lab = OnlyLab();
    CLI::App* command = app_.add_subcommand("hint", "A hint for a lab");
    command->add_option("LAB", hint_.lab, "Its number, its slug, or both")
        ->required(hint_.lab.empty());
    command->add_option("N", hint_.number,
                        "1 is a nudge, 3 the answer; 1 if it is not said");
    AddLanguage(command);
    command->callback([this] {
      hint_.language = ToLanguage(language_);
      exit_code_ = Hint(hint_);
    });
  }

  void AddGrade() {
    CLI::App* command = app_.add_subcommand(
        "grade", "Judge a program that runs a command as PID 1");
    command->add_option("--exe", grade_.program, "The program")->required();
    command->add_option("ARGUMENT", grade_.arguments,
                        "Its arguments before the command, after a --");
    AddTimeoutScale(command, grade_.timeout_scale);
    AddLanguage(command);
    command->callback([this] {
      grade_.language = ToLanguage(language_);
      exit_code_ = Grade(grade_);
    });
  }

  void AddVerify() {
    CLI::App* command =
        app_.add_subcommand("verify", "Every claim, no questions");
    command->add_option("LAB", verify_.labs, "Only these");
    command->add_option("--filter", verify_.filter,
                        "Only experiments whose name matches this glob");
    command->add_option("--json", verify_.json_file,
                        "Write everything that was found to this file");
    command->add_option("--repeat", verify_.repeat, "Run each N times")
        ->check(CLI::Range(1, 1000000));
    command
        ->add_option("--jobs", verify_.jobs,
                     "So many at a time; if not said, one a CPU")
        ->check(CLI::Range(1, 1024));
    command->add_flag("--fail-on-skip", verify_.fail_on_skip,
                      "Exit with 1 if something was skipped");
    AddTimeoutScale(command, verify_.timeout_scale);
    command->callback([this] { exit_code_ = Verify(verify_); });
  }

  void AddBench() {
    CLI::App* command = app_.add_subcommand(
        "bench", "What namespaces cost, in ratios that repeat");
    command->require_subcommand(1);
    CLI::App* run =
        command->add_subcommand("run", "Measure, and show the tables");
    run->add_flag("--quick", bench_.quick,
                  "Only what a new namespace costs; some seconds");
    run->add_option("--filter", bench_.filter,
                    "Only names that match this regular expression");
    run->add_option("--out", bench_.out_file,
                    "Write every sample to this file, as JSON");
    run->add_option("--seed", bench_.seed, "Of the random order; 1");
    run->add_option("FLAG", bench_.google_flags,
                    "Google Benchmark's own, after a --");
    run->callback([this] { exit_code_ = BenchRunCommand(bench_); });
    CLI::App* show =
        command->add_subcommand("show", "The tables of such a file");
    show->add_option("FILE", bench_file_, "- is standard input")->required();
    show->callback([this] { exit_code_ = BenchShow(bench_file_); });
    CLI::App* compare = command->add_subcommand(
        "compare", "What has changed from A to B; 1 if anything has");
    compare->add_option("A", bench_file_, "What a run wrote")->required();
    compare->add_option("B", bench_other_, "What another wrote")->required();
    compare->callback(
        [this] { exit_code_ = BenchCompare(bench_file_, bench_other_); });
    CLI::App* check = command->add_subcommand(
        "check", "Whether the bars of docs/benchmarks.md are met");
    check->add_flag("--full", bench_full_, "All of them; some minutes");
    check->callback([this] { exit_code_ = BenchCheck(bench_full_); });
  }

  void AddVm() {
    CLI::App* command = app_.add_subcommand(
        "vm", "The same in a virtual machine: any kernel, no root");
    command->add_option("--kernel", vm_.kernel,
                        "An image, or a fetched series; none: what runs here");
    CLI::Option* fetch =
        command->add_option("--fetch", vm_.fetch,
                            "Get Debian's kernel of a series; none: list them");
    fetch->expected(0, 1);
    command->add_option("--memory", vm_.memory_mib, "MiB; 512")
        ->check(CLI::Range(128, 1 << 20));
    command->add_option("--cpus", vm_.cpus, "2")->check(CLI::Range(1, 64));
    command
        ->add_option("--timeout", vm_.timeout_seconds,
                     "Switch it off after so many seconds, as an error")
        ->check(CLI::PositiveNumber);
    command->add_flag("--emulate", vm_.emulate,
                      "Without KVM, even if it works");
    command->add_flag("--console", vm_.console, "Show what its kernel says");
    command->add_option("COMMAND", vm_.command,
                        "Of pidlab's, or a program, after a --; none: a shell");
    command->callback([this, fetch] {
      vm_.language = DefaultLanguage();
      vm_.fetch_list = *fetch && vm_.fetch.empty();
      const auto is_meant = [this](const CLI::App* known) {
        return !vm_.command.empty() && known->get_name() == vm_.command[0];
      };
      if (!app_.get_subcommands(is_meant).empty()) {
        vm_.command.insert(vm_.command.begin(), "pidlab");
      }
      exit_code_ = Vm(vm_);
    });
  }

  void AddMatrix() {
    CLI::App* command =
        app_.add_subcommand("matrix", "Every claim on several kernels");
    command->require_subcommand(1);
    CLI::App* run = command->add_subcommand(
        "run", "Verify in a machine for each kernel, and here");
    run->add_option("--kernel", matrix_.kernels,
                    "A kernel image, or the series of a fetched one")
        ->allow_extra_args(false);
    run->add_flag("--no-host", matrix_.no_host, "Not here");
    run->add_option("--memory", matrix_.memory_mib, "MiB; 512")
        ->check(CLI::Range(128, 1 << 20));
    run->add_flag("--emulate", matrix_.emulate,
                  "Without KVM, even if it works");
    run->add_option("--json", matrix_.json_file,
                    "Write the matrix to this file");
    run->add_option("--expect", matrix_.expect_file,
                    "Exit with 1 if a verdict is not as in this file");
    run->callback([this] { exit_code_ = MatrixRun(matrix_); });
    CLI::App* show = command->add_subcommand("show", "Such files side by side");
    show->add_option("FILE", matrix_files_,
                     "Of matrix run or verify, --json; - is stdin")
        ->required();
    show->callback([this] { exit_code_ = MatrixShow(matrix_files_); });
  }

  CLI::App app_{"Teaches and verifies how Linux PID namespaces behave.",
                "pidlab"};
  int exit_code_ = kUsage;
  std::string language_ = DefaultLanguage();
  ListOptions list_;
  RunLabOptions run_;
  HintOptions hint_;
  GradeOptions grade_;
  VerifyOptions verify_;
  BenchRunOptions bench_;
  std::string bench_file_;
  std::string bench_other_;
  bool bench_full_ = false;
  VmOptions vm_;
  MatrixOptions matrix_;
  std::vector<std::string> matrix_files_;
};

int Main(int argc, char** argv) {
  CommandLine command_line;
  try {
    return command_line.Run(argc, argv);
  } catch (const CLI::ParseError& error) {
    return command_line.Exit(error);
  } catch (const UsageError& error) {
    std::cerr << "pidlab: " << error.message << '\n';
    return kUsage;
  } catch (const Abandoned& abandoned) {
    std::cerr << "pidlab: " << abandoned.reason << '\n';
    return kHarnessFailed;
  } catch (const Interrupted&) {
    return kInterrupted;
  } catch (const std::exception& error) {
    std::cerr << "pidlab: " << error.what() << '\n';
    return kHarnessFailed;
  }
}

}  // namespace
}  // namespace pidlab

int main(int argc, char** argv) {
  // Whatever is opened must not become a standard stream that was closed.
  for (int fd = 0; fd <= 2; ++fd) {
    if (fcntl(fd, F_GETFD) >= 0 || open("/dev/null", O_RDWR) >= 0) continue;
    std::cerr << "pidlab: the standard stream " << fd
              << " is closed, and open(/dev/null) -> "
              << pidlab::DescribeErrno(errno) << '\n';
    return pidlab::kHarnessFailed;
  }
  return pidlab::AfterFlush(pidlab::Main(argc, argv));
}
