#include "tool/vm/kernels.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/utsname.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <compare>
#include <cstdio>
#include <iterator>
#include <sstream>
#include <string_view>
#include <system_error>
#include <utility>

#include "lib/host/command.h"
#include "lib/host/error.h"
#include "lib/host/kernel_release.h"
#include "lib/host/names.h"
#include "lib/linux/fd.h"
#include "lib/linux/sys.h"
#include "tool/vm/debian_version.h"
#include "tool/vm/kernel_cache.h"
#include "tool/vm/private_apt.h"

namespace pidlab {
namespace {

// The packages for virtual machines of amd64 which have an image in them: those
// that are signed for Secure Boot, or not. Since Linux 6.19, linux-image only
// depends on linux-binary, and weighs two kilobytes.
constexpr const char* kPackages =
    "linux-\\(image\\|binary\\)-[0-9].*-cloud-amd64\\(-unsigned\\)\\?";
constexpr std::array<std::string_view, 2> kPackagePrefixes = {"linux-image-",
                                                              "linux-binary-"};
constexpr std::string_view kFlavour = "-cloud-amd64";
constexpr std::string_view kUnsigned = "-unsigned";
constexpr int64_t kLeastBytes = 1'000'000;

// The suites of one release of Debian that have kernels.
using Release = std::vector<std::string>;

const std::vector<Release>& Releases() {
  static const std::vector<Release> releases = {
      {"bullseye", "bullseye-security"},
      {"bookworm", "bookworm-security", "bookworm-backports"},
      {"trixie", "trixie-security", "trixie-backports"},
      {"forky"},
      {"sid"},
  };
  return releases;
}

// "6.1.0-9-cloud-amd64", of the name of such a package; "" of others.
std::string ReleaseIn(std::string_view package) {
  const auto prefix = std::ranges::find_if(
      kPackagePrefixes, [&](auto name) { return package.starts_with(name); });
  if (prefix == kPackagePrefixes.end()) return "";
  package.remove_prefix(prefix->size());
  if (package.ends_with(kUnsigned)) package.remove_suffix(kUnsigned.size());
  return package.ends_with(kFlavour) ? std::string(package) : "";
}

void RequireAmd64() {
  utsname names{};
  uname(&names);
  const std::string_view machine = names.machine;
  if (machine == "x86_64") return;
  FailAsHarness(
      fmt::format("kernels are fetched for x86_64 only, and this is {}{}",
                  machine, kOrByHand));
}

PrivateApt PreparedApt(const std::filesystem::path& keyring, int interrupt_fd) {
  DebianArchive archive = MachinesArchive(interrupt_fd);
  return {CacheFolder() / "apt", std::move(archive),
          keyring.empty() ? DebianKeyring() : keyring, interrupt_fd};
}

// Appends what the release has; false if the archive has none of its suites.
bool LookInto(const Release& release, PrivateApt& apt,
              std::vector<DebianKernel>& kernels) {
  bool has_any = false;
  for (const std::string& suite : release) {
    fmt::print(stderr, "pidlab: looking into {}\n", suite);
    if (!apt.Update(suite)) continue;
    has_any = true;
    std::ranges::copy(KernelsAmong(apt.Records(suite, kPackages), suite),
                      std::back_inserter(kernels));
  }
  return has_any;
}

[[noreturn]] void FailWithoutSuites() {
  FailAsHarness(
      fmt::format("the archive in apt's sources has no suite of Debian's that "
                  "could be used. If it is not Debian's, apt-get update tells "
                  "it from Debian's{}",
                  kOrByHand));
}

// A tilde marks what was built from the package of a later release, where it
// may be newer.
bool IsAtHome(const DebianKernel& kernel) {
  return kernel.version.find('~') == std::string::npos;
}

std::string SeriesIn(const std::vector<DebianKernel>& kernels) {
  std::string all;
  for (const DebianKernel& kernel : kernels) {
    if (!all.empty()) all += ", ";
    all += kernel.series;
  }
  return all.empty() ? "none" : all;
}

// What may be fetched, best first; at least one.
std::vector<DebianKernel> CandidatesFor(const std::string& series,
                                        PrivateApt& apt) {
  std::vector<DebianKernel> kernels;
  bool has_any = false;
  for (const Release& release : Releases()) {
    has_any |= LookInto(release, apt, kernels);
    if (std::ranges::any_of(kernels, [&](const DebianKernel& kernel) {
          return kernel.series == series && IsAtHome(kernel);
        })) {
      break;
    }
  }
  if (!has_any) FailWithoutSuites();
  auto candidates = NewestOfEachSuite(series, kernels);
  if (!candidates.empty()) return candidates;
  FailAsHarness(fmt::format(
      "Debian's archive has no kernel {}. It has: {}. Take one of "
      "these{}",
      series, SeriesIn(NewestOfEachSeries(std::move(kernels))), kOrByHand));
}

// Unpacks the image only: the rest of a package, mostly modules, is several
// times as large.
void UnpackImage(const std::filesystem::path& deb,
                 const std::filesystem::path& image, int interrupt_fd) {
  const Fd file(open(image.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0666));
  if (!file.valid()) {
    FailAsHarness(fmt::format("cannot write {}: {}", image.native(),
                              DescribeErrno(errno)));
  }
  const Finished unpacked = RunThrough(
      {"dpkg-deb", "--fsys-tarfile", deb},
      // /boot/vmlinuz-RELEASE or, of linux-binary,
      // /usr/lib/modules/RELEASE/vmlinuz.
      {"tar", "-xO", "--wildcards", "*/vmlinuz*"}, interrupt_fd, file.get());
  if (unpacked.succeeded()) return;
  FailAsHarness(
      fmt::format("cannot unpack the kernel of {} (dpkg-deb, tar): "
                  "{}. Is there room for it? Try again{}",
                  deb.filename().native(), ReasonOf(unpacked), kOrByHand));
}

}  // namespace

std::vector<DebianKernel> KernelsAmong(std::string_view records,
                                       const std::string& suite) {
  std::vector<DebianKernel> kernels;
  DebianKernel kernel;
  const auto finish = [&] {
    if (!kernel.series.empty() && kernel.bytes >= kLeastBytes) {
      kernels.push_back(kernel);
    }
    kernel = {};
  };
  std::istringstream lines{std::string{records}};
  for (std::string line; std::getline(lines, line);) {
    const std::string_view text = line;
    const size_t colon = std::min(text.find(": "), text.size());
    const std::string_view field = text.substr(0, colon);
    const std::string_view value =
        text.substr(std::min(colon + 2, text.size()));
    if (line.empty()) {
      finish();
    } else if (field == "Package") {
      kernel.suite = suite;
      kernel.package = value;
      kernel.release = ReleaseIn(value);
      kernel.series = KernelSeries(kernel.release);
    } else if (field == "Version") {
      kernel.version = value;
    } else if (field == "Size") {
      std::from_chars(value.data(), value.data() + value.size(), kernel.bytes);
    }
  }
  finish();
  return kernels;
}

std::vector<DebianKernel> NewestOfEachSeries(
    std::vector<DebianKernel> kernels) {
  std::ranges::stable_sort(kernels, [](const auto& a, const auto& b) {
    const auto by_series = CompareDebianVersions(a.series, b.series);
    return std::is_neq(by_series)
               ? std::is_lt(by_series)
               : std::is_gt(CompareDebianVersions(a.version, b.version));
  });
  const auto rest = std::unique(
      kernels.begin(), kernels.end(),
      [](const auto& a, const auto& b) { return a.series == b.series; });
  kernels.erase(rest, kernels.end());
  return kernels;
}

std::vector<DebianKernel> NewestOfEachSuite(const std::string& series,
                                            std::vector<DebianKernel> kernels) {
  std::ranges::stable_sort(kernels, [](const auto& a, const auto& b) {
    return std::is_gt(CompareDebianVersions(a.version, b.version));
  });
  std::vector<DebianKernel> newest;
  for (DebianKernel& kernel : kernels) {
    if (kernel.series == series &&
        std::ranges::find(newest, kernel.suite, &DebianKernel::suite) ==
            newest.end()) {
      newest.push_back(std::move(kernel));
    }
  }
  return newest;
}

std::vector<DebianKernel> FetchableKernels(int interrupt_fd) {
  RequireAmd64();
  const KernelWorkshop workshop(interrupt_fd);
  PrivateApt apt = PreparedApt({}, interrupt_fd);
  std::vector<DebianKernel> kernels;
  bool has_any = false;
  for (const Release& release : Releases()) {
    has_any |= LookInto(release, apt, kernels);
  }
  if (!has_any) FailWithoutSuites();
  return NewestOfEachSeries(std::move(kernels));
}

std::filesystem::path FetchKernel(const std::string& series, int interrupt_fd,
                                  const std::filesystem::path& keyring) {
  RequireAmd64();
  const KernelWorkshop workshop(interrupt_fd);
  PrivateApt apt = PreparedApt(keyring, interrupt_fd);
  for (const DebianKernel& kernel : CandidatesFor(series, apt)) {
    const std::string name = kKernelPrefix + kernel.release;
    std::filesystem::path file = KernelsFolder() / name;
    if (std::filesystem::exists(file)) return file;
    fmt::print(stderr, "pidlab: fetching {} {} ({} MB) from {}\n",
               kernel.package, kernel.version,
               (kernel.bytes + 500'000) / 1'000'000, kernel.suite);
    const auto deb = apt.Download(kernel.suite, kernel.package, kernel.version,
                                  workshop.drafts());
    if (!deb) continue;
    const std::filesystem::path draft = workshop.drafts() / name;
    UnpackImage(*deb, draft, interrupt_fd);
    std::filesystem::rename(draft, file);
    return file;
  }
  FailAsHarness(fmt::format(
      "cannot download a kernel {}, for the reasons above. Try again{}", series,
      kOrByHand));
}

std::vector<FetchedKernel> FetchedKernels() {
  std::vector<FetchedKernel> kernels;
  std::error_code not_there;
  for (const auto& entry :
       std::filesystem::directory_iterator(KernelsFolder(), not_there)) {
    const std::string name = entry.path().filename();
    if (!name.starts_with(kKernelPrefix)) continue;
    const std::string release =
        name.substr(std::string_view(kKernelPrefix).size());
    if (KernelSeries(release).empty()) continue;
    kernels.push_back({KernelSeries(release), release, entry.path()});
  }
  std::ranges::sort(kernels, [](const auto& a, const auto& b) {
    return std::is_lt(CompareDebianVersions(a.release, b.release));
  });
  return kernels;
}

}  // namespace pidlab
