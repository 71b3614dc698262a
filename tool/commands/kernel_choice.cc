#include "tool/commands/kernel_choice.h"

#include <sys/utsname.h>
#include <unistd.h>

#include <fstream>

#include "lib/host/error.h"
#include "lib/host/names.h"
#include "tool/vm/kernels.h"

namespace pidlab {
namespace {

namespace fs = std::filesystem;

// Only for x86: see "The Linux/x86 Boot Protocol"
// (Documentation/arch/x86/boot.rst).
bool IsKernelImage(const fs::path& path) {
  constexpr std::streamoff kMagicOffset = 0x202;
  constexpr std::string_view kMagic = "HdrS";
  std::ifstream file(path, std::ios::binary);
  std::string magic(kMagic.size(), '\0');
  file.seekg(kMagicOffset);
  file.read(magic.data(), static_cast<std::streamsize>(magic.size()));
  return file && magic == kMagic;
}

fs::path Checked(const fs::path& path) {
  if (access(path.c_str(), R_OK) != 0) {
    FailAsUsage("cannot read " + path.string() + ": " + DescribeErrno(errno));
  }
  if (!IsKernelImage(path)) {
    FailAsUsage(path.string() +
                " is no kernel image for x86 (a bzImage, as "
                "/boot/vmlinuz-... is one)");
  }
  return path;
}

fs::path Running() {
  utsname name{};
  uname(&name);
  return std::string("/boot/vmlinuz-") + name.release;
}

}  // namespace

fs::path ChooseKernel(const std::string& name) {
  const std::vector<FetchedKernel> fetched = FetchedKernels();
  if (name.empty()) {
    if (access(Running().c_str(), R_OK) == 0) return Checked(Running());
    if (!fetched.empty()) return Checked(fetched.back().file);
    FailAsUsage(
        "there is no kernel to boot: `pidlab vm --fetch 6.1` gets one of "
        "Debian's; or name a kernel image, --kernel FILE");
  }
  std::error_code none;
  if (fs::exists(name, none) || name.find('/') != name.npos) {
    return Checked(name);
  }
  for (auto kernel = fetched.rbegin(); kernel != fetched.rend(); ++kernel) {
    if (name == kernel->series || name == kernel->release) {
      return Checked(kernel->file);
    }
  }
  FailAsUsage("there is no file " + name +
              ", and no kernel of that name was fetched: `pidlab vm "
              "--fetch " +
              name + "`");
}

void AddSizeOptions(CommandLine& line, MachineSize& size) {
  line.Option("--memory", size.memory_mib, 128, 1 << 20, "MiB");
  line.Option("--cpus", size.cpus, 1, 64, "Processors");
}

}  // namespace pidlab
