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

int Main(int argc, char** argv) {
  CLI::App app("Teaches and verifies how Linux PID namespaces behave.",
               "pidlab");
  app.footer(kExamples);
  app.set_version_flag("--version", std::string("pidlab ") + kVersion);
  app.require_subcommand(0, 1);
  app.get_formatter()->column_width(28);
  int exit_code = kUsage;
  std::string language = DefaultLanguage();
  const auto add_language = [&](CLI::App* command) {
    command->add_option("--lang", language, "en or zh")
        ->check(CLI::IsMember({"en", "zh"}));
  };

  const auto add_timeout_scale = [](CLI::App* command, double& scale) {
    command
        ->add_option("--timeout-scale", scale,
                     "Wait so many times longer before it counts as a hang")
        ->check(CLI::Range(0.001, 1000.0))
        ->check([](const std::string& text) {  // no Range excludes it
          return std::isnan(std::strtod(text.c_str(), nullptr))
                     ? "Value " + text + " is no number"
                     : std::string();
        });
  };

  ListOptions list;
  CLI::App* list_command =
      app.add_subcommand("list", "The labs, their claims, what each needs");
  list_command->add_flag("--json", list.json, "As JSON");
  list_command->callback([&] { exit_code = List(list); });

  app.add_subcommand("catalogue",
                     "Every claim, whether it holds, and who tries it")
      ->callback([&] { exit_code = CatalogueCommand(); });

  RunLabOptions run;
  run.lab = OnlyLab();
  CLI::App* run_command =
      app.add_subcommand("run", "Tell a lab while it happens");
  run_command->add_option("LAB", run.lab, "Its number, its slug, or both")
      ->required(run.lab.empty());
  CLI::Option* step =
      run_command->add_flag("--step", run.step, "Wait for Enter at each step");
  run_command->add_flag("--auto", run.automatic, "Run straight through")
      ->excludes(step);
  run_command->add_flag("--no-predict", run.no_predict, "Ask no predictions");
  add_language(run_command);
  run_command->callback([&] {
    run.language = ToLanguage(language);
    exit_code = RunLab(run);
  });

  HintOptions hint;
  hint.lab = OnlyLab();
  CLI::App* hint_command = app.add_subcommand("hint", "A hint for a lab");
  hint_command->add_option("LAB", hint.lab, "Its number, its slug, or both")
      ->required(hint.lab.empty());
  hint_command->add_option("N", hint.number,
                           "1 is a nudge, 3 the answer; 1 if it is not said");
  add_language(hint_command);
  hint_command->callback([&] {
    hint.language = ToLanguage(language);
    exit_code = Hint(hint);
  });

  GradeOptions grade;
  CLI::App* grade_command = app.add_subcommand(
      "grade", "Judge a program that runs a command as PID 1");
  grade_command->add_option("--exe", grade.program, "The program")->required();
  grade_command->add_option("ARGUMENT", grade.arguments,
                            "Its arguments before the command, after a --");
  add_timeout_scale(grade_command, grade.timeout_scale);
  add_language(grade_command);
  grade_command->callback([&] {
    grade.language = ToLanguage(language);
    exit_code = Grade(grade);
  });

  VerifyOptions verify;
  CLI::App* verify_command =
      app.add_subcommand("verify", "Every claim, no questions");
  verify_command->add_option("LAB", verify.labs, "Only these");
  verify_command->add_option("--filter", verify.filter,
                             "Only experiments whose name matches this glob");
  verify_command->add_option("--json", verify.json_file,
                             "Write everything that was found to this file");
  verify_command->add_option("--repeat", verify.repeat, "Run each N times")
      ->check(CLI::Range(1, 1000000));
  verify_command
      ->add_option("--jobs", verify.jobs,
                   "So many at a time; if not said, one a CPU")
      ->check(CLI::Range(1, 1024));
  verify_command->add_flag("--fail-on-skip", verify.fail_on_skip,
                           "Exit with 1 if something was skipped");
  add_timeout_scale(verify_command, verify.timeout_scale);
  verify_command->callback([&] { exit_code = Verify(verify); });

  CLI::App* bench_command = app.add_subcommand(
      "bench", "What namespaces cost, in ratios that repeat");
  bench_command->require_subcommand(1);
  BenchRunOptions bench;
  CLI::App* bench_run =
      bench_command->add_subcommand("run", "Measure, and show the tables");
  bench_run->add_flag("--quick", bench.quick,
                      "Only what a new namespace costs; some seconds");
  bench_run->add_option("--filter", bench.filter,
                        "Only names that match this regular expression");
  bench_run->add_option("--out", bench.out_file,
                        "Write every sample to this file, as JSON");
  bench_run->add_option("--seed", bench.seed, "Of the random order; 1");
  bench_run->add_option("FLAG", bench.google_flags,
                        "Google Benchmark's own, after a --");
  bench_run->callback([&] { exit_code = BenchRunCommand(bench); });
  std::string bench_file;
  CLI::App* bench_show =
      bench_command->add_subcommand("show", "The tables of such a file");
  bench_show->add_option("FILE", bench_file, "- is standard input")->required();
  bench_show->callback([&] { exit_code = BenchShow(bench_file); });
  std::string bench_other;
  CLI::App* bench_compare = bench_command->add_subcommand(
      "compare", "What is slower or faster in B than in A; 1 if anything is");
  bench_compare->add_option("A", bench_file, "What a run wrote")->required();
  bench_compare->add_option("B", bench_other, "What another wrote")->required();
  bench_compare->callback(
      [&] { exit_code = BenchCompare(bench_file, bench_other); });
  bool bench_full = false;
  CLI::App* bench_check = bench_command->add_subcommand(
      "check", "Whether the bars that docs/benchmarks.md sets are met");
  bench_check->add_flag("--full", bench_full, "All of them; some minutes");
  bench_check->callback([&] { exit_code = BenchCheck(bench_full); });

  VmOptions vm;
  CLI::App* vm_command = app.add_subcommand(
      "vm", "The same in a virtual machine: any kernel, no root");
  vm_command->add_option("--kernel", vm.kernel,
                         "A kernel image, or the series of a fetched one; if "
                         "not said, the one that runs here");
  CLI::Option* fetch = vm_command->add_option(
      "--fetch", vm.fetch,
      "Get Debian's kernel of this series (6.1); without one, list them");
  fetch->expected(0, 1);
  vm_command->add_option("--memory", vm.memory_mib, "MiB; 512")
      ->check(CLI::Range(128, 1 << 20));
  vm_command->add_option("--cpus", vm.cpus, "2")->check(CLI::Range(1, 64));
  vm_command
      ->add_option("--timeout", vm.timeout_seconds,
                   "Switch it off after so many seconds, as an error")
      ->check(CLI::PositiveNumber);
  vm_command->add_flag("--emulate", vm.emulate,
                       "Without KVM, even if it works");
  vm_command->add_flag("--console", vm.console, "Show what its kernel says");
  vm_command->add_option("COMMAND", vm.command,
                         "One of pidlab's, or a program, after a --; if not "
                         "said, a shell");
  vm_command->callback([&] {
    vm.language = DefaultLanguage();
    vm.fetch_list = *fetch && vm.fetch.empty();
    const auto is_meant = [&vm](const CLI::App* command) {
      return !vm.command.empty() && command->get_name() == vm.command[0];
    };
    if (!app.get_subcommands(is_meant).empty()) {
      vm.command.insert(vm.command.begin(), "pidlab");
    }
    exit_code = Vm(vm);
  });
  CLI::App* matrix_command =
      app.add_subcommand("matrix", "Every claim on several kernels");
  matrix_command->require_subcommand(1);
  MatrixOptions matrix;
  CLI::App* matrix_run = matrix_command->add_subcommand(
      "run", "Verify in a virtual machine for each kernel, and here");
  matrix_run
      ->add_option("--kernel", matrix.kernels,
                   "A kernel image, or the series of a fetched one")
      ->allow_extra_args(false);
  matrix_run->add_flag("!--no-host", matrix.host, "Not here");
  matrix_run->add_option("--memory", matrix.memory_mib, "MiB; 512")
      ->check(CLI::Range(128, 1 << 20));
  matrix_run->add_flag("--emulate", matrix.emulate,
                       "Without KVM, even if it works");
  matrix_run->add_option("--json", matrix.json_file,
                         "Write the matrix to this file");
  matrix_run->add_option("--expect", matrix.expect_file,
                         "Exit with 1 if a verdict is not as in this file");
  matrix_run->callback([&] { exit_code = MatrixRun(matrix); });
  std::vector<std::string> matrix_files;
  CLI::App* matrix_show =
      matrix_command->add_subcommand("show", "Such files side by side");
  matrix_show
      ->add_option("FILE", matrix_files,
                   "Of matrix run --json or verify --json; - is standard input")
      ->required();
  matrix_show->callback([&] { exit_code = MatrixShow(matrix_files); });
  app.add_subcommand(kGuestCommand)->group("")->callback(BeGuest);

  try {
    app.parse(argc, argv);
    if (app.get_subcommands().empty()) {
      std::cerr << app.help();
      return kUsage;
    }
    return exit_code;
  } catch (const CLI::ParseError& error) {
    // --help and --version come this way, too.
    if (error.get_exit_code() == 0) {
      app.exit(error);
      return kEveryClaimHolds;
    }
    std::cerr << "pidlab: " << error.what() << "; see pidlab --help\n";
    return kUsage;
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
