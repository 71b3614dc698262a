"""The Bazel targets of a folder with C++ sources."""

load("@rules_cc//cc:defs.bzl", "cc_library", "cc_test")

# For sources whose speed matters less than how often they are compiled:
# optimizing takes half of the time that it takes to compile a test. The code
# that a test tests is compiled as it is for the program.
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
    """Makes one library of the folder, named after it.

    Each *_test.cc in it becomes a small test of its own.

    Args:
      deps: the dependencies of the library.
      test_deps: those of each test, besides the library and GoogleTest.
      not_here: files for which the BUILD file has targets of their own.
      generated: sources that another rule makes.
      registers: whether the sources register something; then all of them are
        linked.
      visibility: the visibility of the library.
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
    """Makes a C++ source of a text file, for `generated` of a library.

    Args:
      name: the name of the source, without the ".cc".
      src: the text file. It must not contain )~~~".
      constant: the constant that the source defines, outside of any namespace:
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
    """Makes a small test, with GoogleTest, of each of these sources.

    Args:
      srcs: the sources, one for each test.
      deps: the dependencies of each test, besides GoogleTest.
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
