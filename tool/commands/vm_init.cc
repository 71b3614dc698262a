// `vm-init`: what a virtual machine of `pidlab vm` begins with. It is nobody
// else's command, and not shown.

#include "lib/host/exit_code.h"
#include "lib/lab/command_line.h"
#include "tool/vm/guest.h"

namespace pidlab {
namespace {

const CommandRegistration registration(
    {90, kGuestCommand, "", "", [](CommandLine& line) {
       line.Run([] {
         BeGuest();
         return kHarnessFailed;  // it never comes back
       });
     }});

}  // namespace
}  // namespace pidlab
