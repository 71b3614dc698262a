"""Repository rules that make Debian 12's packages work with its Bazel."""

_RULES_CC = "/usr/share/bazel/rules/cc"

# These files of Debian's rules_cc 0.0.4 call use_cpp_toolchain(), which came
# with a later Bazel than Debian's 4.2.3. The call returns a list with the
# toolchain type, so that list replaces it.
_FILES_TO_MEND = [
    "cc/private/rules_impl/cc_flags_supplier.bzl",
    "cc/private/rules_impl/compiler_flag.bzl",
]

def _debian_rules_cc_impl(ctx):
    source = ctx.path(_RULES_CC)
    if not source.exists:
        fail("%s is missing: apt-get install bazel-rules-cc" % _RULES_CC)
    ctx.execute(["cp", "-R", "--no-preserve=mode", _RULES_CC + "/.", "."])
    for file in _FILES_TO_MEND:
        text = ctx.read(file)
        text = text.replace(", \"use_cpp_toolchain\"", "")
        text = text.replace("use_cpp_toolchain()", "[\"@bazel_tools//tools/cpp:toolchain_type\"]")
        ctx.file(file, text)

debian_rules_cc = repository_rule(
    implementation = _debian_rules_cc_impl,
    doc = "rules_cc from the package bazel-rules-cc, made to load in Bazel 4.2.3.",
    local = True,
)
