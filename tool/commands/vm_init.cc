// `vm-init`: the first process of a virtual machine of `pidlab vm`. It is not
// for users, and no help shows it.

#include "lib/host/exit_code.h"
#include "lib/lab/command_line.h"
#include "tool/vm/guest.h"

namespace pidlab {
namespace {

const CommandRegistration registration(
    {90, kGuestCommand, "", "", [](CommandLine& line) {
       line.Run([] {
         RunAsMachinesInit();
         return kHarnessFailed;  // RunAsMachinesInit() never returns
       });
     }});

}  // namespace
}  // namespace pidlab
