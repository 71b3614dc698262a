"""What a folder with C++ sources is to Bazel."""

load("@rules_cc//cc:defs.bzl", "cc_library", "cc_test")

# For sources that are compiled more often than it matters how fast they run:
# optimizing is half of the time that a test takes to compile. What a test
# tries is compiled as the program has it.
FAST_TO_COMPILE = [
    "-O0",
    "-U_FORTIFY_SOURCE",  # it wants optimization
]

def library(
        deps = [],
        test_deps = [],
        not_here = [],
        generated = [],
        registers = False,
        visibility = ["//visibility:public"]):
    """Everything in the folder as one library, named after it.

    Each *_test.cc in it is a small test of its own.

    Args:
      deps: of the library.
      test_deps: of each test, beside the library and GoogleTest.
      not_here: files that the BUILD file gives targets of their own.
      generated: sources that another rule makes.
      registers: the sources register something, so that all of them are linked.
      visibility: of the library.
    """
    name = native.package_name().split("/")[-1]
    cc_library(
        name = name,
        srcs = native.glob(
            ["*.cc"],
            exclude = ["*_test.cc"] + not_here,
        ) + generated,
        hdrs = native.glob(["*.h"], exclude = not_here),
        alwayslink = registers,
        visibility = visibility,
        deps = deps,
    )
    tests(
        native.glob(["*_test.cc"], exclude = not_here),
        deps = [":" + name] + test_deps,
    )
    sources()

def embed(name, src, constant):
    """A text file as a C++ source, which a library takes as `generated`.

    Args:
      name: of the source that is made of it, without the ".cc".
      src: the file. )~~~" does not occur in it.
      constant: what the source defines, outside of any namespace:
        `extern const char* const CONSTANT;`. The newlines at the end of the
        file are left out.
    """
    native.genrule(
        name = name,
        srcs = [src],
        outs = [name + ".cc"],
        cmd = """
(
  echo 'extern const char* const {constant}; const char* const {constant} ='
  echo 'R"~~~('"$$(cat $<)"
  echo ')~~~";'
) > $@
""".format(constant = constant),
    )

def tests(srcs, deps):
    """A small GoogleTest of each of these sources.

    Args:
      srcs: of one test each.
      deps: of all of them, beside GoogleTest.
    """
    for test in srcs:
        cc_test(
            name = test[:-len(".cc")],
            size = "small",
            srcs = [test],
            copts = FAST_TO_COMPILE,
            deps = deps + ["@googletest//:main"],
        )

def sources():
    """All files of the folder, for the tests that look at the sources."""
    native.filegroup(
        name = "sources",
        srcs = native.glob(["**"]),
        visibility = ["//visibility:public"],
    )
