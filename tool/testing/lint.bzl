"""clang-format and clang-tidy as build actions, one for each file.

Bazel repeats those alone that a change concerns.

    ./pidlab lint
"""

def _act(ctx, tool, source, arguments, inputs):
    """Returns the file that says that `tool` has nothing to say of `source`."""
    verdict = ctx.actions.declare_file("%s.%s/%s" % (ctx.label.name, tool, source.short_path))
    ctx.actions.run(
        executable = ctx.file._lint,
        arguments = [verdict.path, tool] + arguments,
        inputs = inputs,
        outputs = [verdict],
        mnemonic = tool.title().replace("-", ""),
        progress_message = "%s %s" % (tool, source.short_path),
        use_default_shell_env = True,
    )
    return verdict

def _cxx(files, extensions):
    return [file for file in files if file.is_source and file.extension in extensions]

def _format(ctx):
    """Looks at every C++ file of a package, in its filegroup `sources`."""
    return [
        _act(
            ctx,
            "clang-format",
            source,
            ["--style=file", "--dry-run", "--Werror", source.path],
            [source, ctx.file._format],
        )
        for source in _cxx(ctx.rule.files.srcs, ["cc", "h"])
    ]

def _tidy(ctx, context):
    """Looks at every source that is compiled, and at the headers with it."""
    flags = ["-std=c++20"]
    flags += ["-D" + define for define in context.defines.to_list()]
    flags += ["-iquote" + path for path in context.quote_includes.to_list()]
    flags += ["-isystem" + path for path in context.system_includes.to_list()]
    return [
        _act(
            ctx,
            "clang-tidy",
            source,
            ["--quiet", source.path, "--"] + flags,
            depset([source, ctx.file._tidy], transitive = [context.headers]),
        )
        for source in _cxx(ctx.rule.files.srcs, ["cc"])
    ]

def _lint_impl(target, ctx):
    verdicts = []
    if ctx.rule.kind == "filegroup" and ctx.label.name == "sources":
        verdicts = _format(ctx)
    elif CcInfo in target and hasattr(ctx.rule.files, "srcs"):
        verdicts = _tidy(ctx, target[CcInfo].compilation_context)
    return [OutputGroupInfo(lint = depset(verdicts))]

lint = aspect(
    implementation = _lint_impl,
    attrs = {
        "_format": attr.label(default = "//:.clang-format", allow_single_file = True),
        "_lint": attr.label(default = "//tool/testing:lint.sh", allow_single_file = True),
        "_tidy": attr.label(default = "//:.clang-tidy", allow_single_file = True),
    },
)
