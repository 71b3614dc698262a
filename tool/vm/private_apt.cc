#include "tool/vm/private_apt.h"

#include <fcntl.h>
#include <fmt/core.h>

#include <array>
#include <cstdio>
#include <fstream>
#include <sstream>
#include <system_error>
#include <utility>

#include "lib/host/error.h"
#include "lib/host/files.h"

namespace pidlab {
namespace {

// Read after the machine's configuration, so that this counts (apt.conf(5)).
constexpr const char* kConfiguration = R"(// By pidlab, for itself.
// What the machine does after its own updates is not for these.
#clear APT::Update;
APT::Update::Error-Mode "any";
// The sources have one suite each; the indices of the others stay.
APT::Get::List-Cleanup "false";
APT::Default-Release "";
#clear APT::Architectures;
APT::Architecture "amd64";
// The cache folder of a user is mostly closed to the user _apt.
APT::Sandbox::User "root";
Dir::Cache::pkgcache "";
Dir::Cache::srcpkgcache "";
Dir::Etc::sourceparts "/dev/null";
Dir::State::status "/dev/null";
Acquire::AllowInsecureRepositories "false";
Acquire::AllowWeakRepositories "false";
Acquire::AllowDowngradeToInsecureRepositories "false";
// A suite is testing, then stable, then oldstable.
Acquire::AllowReleaseInfoChange "true";
Acquire::Languages "none";
Acquire::PDiffs "false";
// As it is in the archive: eight megabytes instead of fifty.
Acquire::GzipIndexes "true";
Acquire::IndexTargets::deb::Packages::KeepCompressedAs "xz";
)";

void Write(const std::filesystem::path& path, std::string_view text) {
  std::ofstream file(path);
  file << text << std::flush;
  if (!file) FailAsHarness(fmt::format("cannot write {}", path.native()));
}

// Of a program that has to be there, with its messages in English.
std::vector<std::string> InEnglish(const std::vector<std::string>& words) {
  std::vector<std::string> all = {"env", "LC_ALL=C"};
  all.insert(all.end(), words.begin(), words.end());
  return all;
}

void RequireExecuted(const Finished& finished) {
  if (finished.ending != Exited(kNotExecuted)) return;
  FailAsHarness(fmt::format(
      "there is no apt-get here, which fetches kernels from Debian's archive: "
      "fetch them on a Debian{}",
      kOrByHand));
}

std::string TargetsOfMachine(const std::vector<std::string>& options,
                             int interrupt_fd) {
  std::vector<std::string> words = {"apt-get",        "indextargets",
                                    "--format",       kTargetFormat,
                                    "Target-Of: deb", "Created-By: Packages"};
  words.insert(words.end(), options.begin(), options.end());
  const Finished listed = Run(InEnglish(words), interrupt_fd);
  RequireExecuted(listed);
  if (!listed.succeeded()) {
    FailAsHarness(
        fmt::format("apt-get cannot say where Debian's archive is: "
                    "{}. Repair apt's sources{}",
                    ReasonOf(listed), kOrByHand));
  }
  return listed.out;
}

}  // namespace

DebianArchive ArchiveIn(std::string_view targets) {
  DebianArchive archive;
  bool has_updates = false;
  std::istringstream lines{std::string(targets)};
  for (std::string line; std::getline(lines, line);) {
    std::istringstream fields(line);
    std::string origin;
    std::string uri;
    std::string suite;
    std::string component;
    std::getline(fields, origin, '|');
    std::getline(fields, uri, '|');
    std::getline(fields, suite, '|');
    std::getline(fields, component, '|');
    const bool debians = origin == "Debian" || origin == "$(ORIGIN)";
    if (!debians || component != "main" || uri.starts_with("cdrom:")) continue;
    if (suite.ends_with("-security")) {
      if (archive.security.empty()) archive.security = uri;
    } else if (archive.main.empty() ||
               (!has_updates && suite.ends_with("-updates"))) {
      archive.main = uri;
      has_updates = suite.ends_with("-updates");
    }
  }
  return archive;
}

DebianArchive MachinesArchive(int interrupt_fd) {
  // With what the Release files say, only what was downloaded is listed.
  DebianArchive archive = ArchiveIn(TargetsOfMachine({}, interrupt_fd));
  if (archive.main.empty()) {
    archive = ArchiveIn(TargetsOfMachine({"--no-release-info"}, interrupt_fd));
  }
  if (archive.main.empty()) {
    FailAsHarness(fmt::format(
        "Debian's archive is not among the sources of this machine's apt: add "
        "it there (sources.list(5)){}",
        kOrByHand));
  }
  return archive;
}

std::filesystem::path DebianKeyring() {
  for (const char* path : {"/usr/share/keyrings/debian-archive-keyring.gpg",
                           "/usr/share/keyrings/debian-archive-keyring.pgp"}) {
    if (std::filesystem::exists(path)) return path;
  }
  FailAsHarness(fmt::format(
      "Debian's keys are not here, by which its archive is known to be "
      "genuine: install debian-archive-keyring{}",
      kOrByHand));
}

std::string ReasonOf(const Finished& failed) {
  constexpr std::string_view kMark = "E: ";
  std::string reason;
  std::istringstream lines(failed.err);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(kMark)) return line.substr(kMark.size());
    if (reason.empty()) reason = line;
  }
  if (!reason.empty()) return reason;
  std::ostringstream ending;
  ending << "it " << failed.ending;
  return ending.str();
}

PrivateApt::PrivateApt(std::filesystem::path folder, DebianArchive archive,
                       std::filesystem::path keyring, int interrupt_fd)
    : folder_(std::move(folder)),
      archive_(std::move(archive)),
      keyring_(std::move(keyring)),
      interrupt_fd_(interrupt_fd) {
  std::error_code error;
  for (const char* place : {"lists/partial", "archives/partial"}) {
    std::filesystem::create_directories(folder_ / place, error);
  }
  Write(folder_ / "apt.conf", kConfiguration);
}

std::filesystem::path PrivateApt::SourcesOf(const std::string& suite) const {
  return folder_ / (suite + ".sources");
}

bool PrivateApt::Update(const std::string& suite) {
  const std::string& uri =
      suite.ends_with("-security") ? archive_.security : archive_.main;
  if (uri.empty()) {
    fmt::print(stderr,
               "pidlab: {} is left out: apt's sources have no archive of "
               "security updates\n",
               suite);
    return false;
  }
  // A suite that is archived is signed no more. That its date is past says only
  // that there may be newer kernels.
  Write(SourcesOf(suite), fmt::format("Types: deb\n"
                                      "URIs: {}\n"
                                      "Suites: {}\n"
                                      "Components: main\n"
                                      "Architectures: amd64\n"
                                      "Signed-By: {}\n"
                                      "Check-Valid-Until: no\n",
                                      uri, suite, keyring_.native()));
  const Finished updated = RunApt(
      // Nothing is made for a resolver of dependencies, which takes seconds.
      suite, {"update", "-o", "pkgCacheFile::Generate=false"});
  if (updated.succeeded()) {
    reached_ = true;
    return true;
  }
  if (!reached_ && updated.err.find("Failed to fetch") != std::string::npos) {
    FailAsHarness(fmt::format(
        "cannot reach Debian's archive: {}. Check the network, and the proxy "
        "in apt's configuration{}",
        ReasonOf(updated), kOrByHand));
  }
  fmt::print(stderr, "pidlab: {} is left out: {}\n", suite, ReasonOf(updated));
  return false;
}

std::filesystem::path PrivateApt::IndexOf(const std::string& suite) const {
  // 'URI' NAME SIZE HASH. `apt-get indextargets` says it too, after seconds.
  const Finished listed = RunApt(suite, {"update", "--print-uris"});
  std::istringstream words(listed.out);
  for (std::string word; words >> word;) {
    if (!word.ends_with("_main_binary-amd64_Packages")) continue;
    std::filesystem::path file = folder_ / "lists" / word;
    for (const char* compression : {".xz", ".gz", ".lz4", ".zst", ".bz2"}) {
      const std::string compressed = file.native() + compression;
      if (std::filesystem::exists(compressed)) return compressed;
    }
    return file;
  }
  return "";
}

std::string PrivateApt::Records(const std::string& suite,
                                const std::string& name) const {
  // It is fifty megabytes: only what is asked for goes through our memory.
  Finished found = RunThrough(
      {"/usr/lib/apt/apt-helper", "cat-file", IndexOf(suite)},
      {"sed", "-n", fmt::format("/^Package: {}$/,/^$/p", name)}, interrupt_fd_);
  if (found.succeeded()) return std::move(found.out);
  FailAsHarness(fmt::format("cannot read the index of {}: {}{}", suite,
                            ReasonOf(found), kOrByHand));
}

std::optional<std::filesystem::path> PrivateApt::Download(
    const std::string& suite, const std::string& package,
    const std::string& version, const std::filesystem::path& folder) const {
  const Finished downloaded =
      RunApt(suite, {"download", package + "=" + version}, folder);
  if (downloaded.succeeded()) {
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      if (entry.path().extension() == ".deb") return entry.path();
    }
  }
  fmt::print(stderr, "pidlab: cannot download {} {}: {}\n", package, version,
             ReasonOf(downloaded));
  return std::nullopt;
}

Finished PrivateApt::RunApt(const std::string& suite,
                            const std::vector<std::string>& arguments,
                            const std::filesystem::path& place) const {
  std::vector<std::string> words = {
      "env", "-C", place, "LC_ALL=C", "apt-get", "-c", folder_ / "apt.conf"};
  const std::array<std::pair<const char*, std::filesystem::path>, 5> places = {{
      {"Dir::State", folder_},
      {"Dir::State::lists", folder_ / "lists"},
      {"Dir::Cache", folder_},
      {"Dir::Cache::archives", folder_ / "archives"},
      {"Dir::Etc::sourcelist", SourcesOf(suite)},
  }};
  for (const auto& [option, path] : places) {
    words.emplace_back("-o");
    words.push_back(fmt::format("{}={}", option, path.native()));
  }
  words.insert(words.end(), arguments.begin(), arguments.end());
  Finished finished = Run(words, interrupt_fd_);
  RequireExecuted(finished);
  return finished;
}

Finished RunThrough(const std::vector<std::string>& words,
                    const std::vector<std::string>& filter, int interrupt_fd,
                    int out) {
  const Fd memory = MemoryFile("stdout");
  const Fd err = MemoryFile("stderr");
  fcntl(err.get(), F_SETFL, O_APPEND);
  Pipe pipe = MakePipe();
  Command writer = Command::Start(
      words, {.in = -1, .out = pipe.write.get(), .err = err.get()});
  pipe.write.Close();
  Command reader = Command::Start(filter, {.in = pipe.read.get(),
                                           .out = out < 0 ? memory.get() : out,
                                           .err = err.get()});
  pipe.read.Close();
  const Ending read = reader.Wait(interrupt_fd);
  const Ending written = writer.Wait(interrupt_fd);
  return {written == Exited(0) ? read : written, ContentsOf(memory),
          ContentsOf(err)};
}

}  // namespace pidlab
