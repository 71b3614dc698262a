"""Makes everything that is built from a folder with experiments."""

load("@rules_cc//cc:defs.bzl", "cc_binary", "cc_library", "cc_test")
load("//lib:library.bzl", "FAST_TO_COMPILE")

# The command that makes a C++ source of the texts in a lab's folder. The source
# registers them.
_EMBED = """
(
  echo '#include "lib/lab/handout.h"'
  echo 'static const pidlab::LabTextsRegistration registration({"{folder}",'
  for file in {files}; do
    echo 'R"~~~('"$$(cat $$file)"
    echo ')~~~",'
  done
  echo '});'
) > $@
"""

def _texts(slug, folder):
    """Returns the sources made of the folder's texts; none if it has none."""
    readme = native.glob([slug + "/README.md"], allow_empty = True)
    if not readme:
        return []
    chinese = native.glob([slug + "/README.zh.md"], allow_empty = True)
    transcript = native.glob([slug + "/transcript.txt"], allow_empty = True)

    # A lab that is not finished may lack some of them. It still builds, and its
    # test says what is missing.
    files = [
        "$(location %s)" % found[0] if found else "/dev/null"
        for found in [readme, chinese, transcript]
    ]
    native.genrule(
        name = slug + "_texts",
        srcs = readme + chinese + transcript,
        outs = [slug + "_texts.cc"],
        cmd = _EMBED.replace("{folder}", folder).replace("{files}", " ".join(files)),
    )
    return [slug + "_texts.cc"]

def experiments(sources):
    """Makes all targets of the folders that have one of these sources.

    Each folder NN_slug gets a library :NN_slug_lib, a binary :NN_slug with the
    commands of a lab, and a test :NN_slug_test. The library :all has all of
    these libraries.

    Args:
      sources: the experiment.cc of each folder.
    """
    libraries = []
    for source in sources:
        slug = source.split("/")[0]
        cc_library(
            name = slug + "_lib",
            srcs = [source] + _texts(slug, native.package_name() + "/" + slug),
            copts = FAST_TO_COMPILE,
            visibility = ["//tool:__subpackages__"],
            deps = [
                "//lib/host",
                "//lib/lab",
                "//lib/linux",
                "//lib/trial",
            ],
            alwayslink = True,
        )
        cc_binary(
            name = slug,
            deps = [
                slug + "_lib",
                "//lib/lab:numbered_lab",
            ],
        )
        cc_test(
            name = slug + "_test",
            size = "small",
            deps = [
                slug + "_lib",
                "//lib/testing:experiment_test",
            ],
        )
        libraries.append(slug + "_lib")
    cc_library(
        name = "all",
        visibility = ["//tool:__subpackages__"],
        deps = libraries,
    )
