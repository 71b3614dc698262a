// apt beside that of the machine: it reads the machine's configuration (its
// proxies, its credentials), but it has indices and sources of its own, so that
// a machine can look into suites that are not in its sources, and nobody needs
// to be root. Nothing is installed by it.

#ifndef PIDLAB_TOOL_VM_PRIVATE_APT_H_
#define PIDLAB_TOOL_VM_PRIVATE_APT_H_

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/host/command.h"

namespace pidlab {

// The folders of an archive that hold `dists` and `pool`, as URIs.
struct DebianArchive {
  std::string main;
  std::string security;  // of "bookworm-security"; "" if it is not known
};

// What `apt-get indextargets` lists one by one, for ArchiveIn(): the origin,
// the folder, the suite, the component. A field that is not known stands there
// as itself.
inline constexpr const char* kTargetFormat =
    "$(ORIGIN)|$(REPO_URI)|$(RELEASE)|$(COMPONENT)";

// Debian's archive in such a list. If the origin is not known, because nothing
// was ever downloaded, it is guessed: who has updates of a suite ("-updates")
// rather than who is the first. Both are "" if there is none.
DebianArchive ArchiveIn(std::string_view targets);

// The archive that the machine's apt uses. Throws Error if it uses
// none, or if there is no apt.
DebianArchive MachinesArchive(int interrupt_fd);

// The keys that Debian signs its suites with. Throws Error.
std::filesystem::path DebianKeyring();

// What to do if a kernel cannot be fetched, at the end of an error.
inline constexpr const char* kOrByHand =
    ", or give a kernel image by --kernel FILE";

// Why a program failed, in one line: the first that apt calls an error ("E: "),
// without that, or the first of all; if it has said nothing, how it ended.
std::string ReasonOf(const Finished& failed);

// `words | filter`, as a shell would run it: what the filter writes goes to
// `out`, or into the result if that is -1. The ending is that of the first
// which failed; `err` is what both have written.
Finished RunThrough(const std::vector<std::string>& words,
                    const std::vector<std::string>& filter, int interrupt_fd,
                    int out = -1);

class PrivateApt {
 public:
  // It keeps all of its files in `folder`, and trusts what is signed by a key
  // of `keyring`. Throws Error if it cannot write there.
  PrivateApt(std::filesystem::path folder, DebianArchive archive,
             std::filesystem::path keyring, int interrupt_fd);

  // Brings the index of a suite ("bookworm-security") up to date. False, with a
  // word on stderr, if the archive does not have it, or not signed as it should
  // be. Throws Error if the archive cannot be reached.
  bool Update(const std::string& suite);

  // The packages in the index of the suite whose names match, in the syntax of
  // sed(1): fields and values (deb822(5)), and an empty line after each. Throws
  // Error.
  std::string Records(const std::string& suite, const std::string& name) const;

  // Puts the .deb into `folder`, after its hash was checked, and gives its
  // path; none, with a word on stderr, if it cannot be had.
  std::optional<std::filesystem::path> Download(
      const std::string& suite, const std::string& package,
      const std::string& version, const std::filesystem::path& folder) const;

 private:
  std::filesystem::path SourcesOf(const std::string& suite) const;
  // Of amd64, as Update() has left it.
  std::filesystem::path IndexOf(const std::string& suite) const;
  // apt-get, for this suite; it runs in `place`.
  Finished RunApt(const std::string& suite,
                  const std::vector<std::string>& arguments,
                  const std::filesystem::path& place = "/") const;

  std::filesystem::path folder_;
  DebianArchive archive_;
  std::filesystem::path keyring_;
  int interrupt_fd_;
  bool reached_ = false;  // the archive has given an index
};

}  // namespace pidlab

#endif  // PIDLAB_TOOL_VM_PRIVATE_APT_H_
