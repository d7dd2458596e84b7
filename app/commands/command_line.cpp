#include "app/commands/command_line.h"

#include "app/commands/commands.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace schemawright {

namespace {

constexpr std::array commandWords{"inspect", "ddl", "diff", "query", "models", "plan"};

void addSelection(CLI::App &command, Selection &selection)
{
    command.add_option("--schema", selection.schemas, "Only this schema (may be repeated)")->expected(1)->take_all();
    command.add_option("--table", selection.tables, "Only this table, as TABLE or SCHEMA.TABLE (may be repeated)")
        ->expected(1)
        ->take_all();
}

int report(const Error &error)
{
    fmt::print(stderr, "schemawright: {}\n", error.describe());
    if (!error.sql.empty())
        fmt::print(stderr, "  in: {}\n", error.sql);
    switch (error.kind) {
    case ErrorKind::Cancelled:
        return CancelledByUser;
    case ErrorKind::Misuse:
        return WrongCommandLine;
    default:
        return Refused;
    }
}

} // namespace

bool isCommandWord(std::string_view word)
{
    return std::ranges::any_of(commandWords, [word](const char *known) { return word == known; });
}

int runCommand(int argc, char **argv)
{
    CLI::App app("A workbench for relational databases. Without a command it opens the window.", "schemawright");
    app.require_subcommand(1);

    InspectArguments inspectArguments;
    CLI::App *inspectCommand = app.add_subcommand("inspect", "Say what is in a database");
    inspectCommand->add_option("URL", inspectArguments.source, "Database URL or SQLite file")->required();
    addSelection(*inspectCommand, inspectArguments.selection);
    inspectCommand->add_flag("--json", inspectArguments.json, "As JSON, for other programs");

    DdlArguments ddlArguments;
    CLI::App *ddlCommand = app.add_subcommand("ddl", "Print the script that creates what is in a database");
    ddlCommand->add_option("SOURCE", ddlArguments.source, "Database URL, SQLite file or FILE.sql")->required();
    ddlCommand->add_option("--dialect", ddlArguments.dialect, "Write for this database instead");
    addSelection(*ddlCommand, ddlArguments.selection);
    ddlCommand->add_flag("--drop", ddlArguments.drop, "The script that drops it instead");
    ddlCommand->add_flag("--if-not-exists", ddlArguments.ifNotExists, "Create only what is missing");
    ddlCommand->add_flag("--no-privileges", ddlArguments.noPrivileges, "Leave out who may do what");
    ddlCommand->add_option("-o,--output", ddlArguments.output, "Write to this file");

    DiffArguments diffArguments;
    CLI::App *diffCommand =
        app.add_subcommand("diff", "Print what makes the first database's schema that of the second");
    diffCommand->add_option("FROM", diffArguments.from, "Database URL, SQLite file or FILE.sql")->required();
    diffCommand->add_option("TO", diffArguments.to, "Database URL, SQLite file or FILE.sql")->required();
    diffCommand->add_option("--dialect", diffArguments.dialect, "Write for this database instead");
    diffCommand->add_flag("--down", diffArguments.down, "The way back instead");
    diffCommand->add_flag("--json", diffArguments.json, "As JSON, for other programs");
    diffCommand->add_flag("--exit-code", diffArguments.exitCode, "Exit with 1 when there are differences");
    diffCommand->add_flag("--lint", diffArguments.lint, "Warn of what loses data or may fail");

    QueryArguments queryArguments;
    CLI::App *queryCommand =
        app.add_subcommand("query", "Run one statement and print its rows; read-only unless --write");
    queryCommand->add_option("URL", queryArguments.source, "Database URL or SQLite file")->required();
    queryCommand->add_option("SQL", queryArguments.sql, "The statement; - reads it from standard input")->required();
    queryCommand->add_option("--format", queryArguments.format, "How rows are printed")
        ->check(CLI::IsMember({"table", "csv", "tsv", "json", "jsonl", "markdown"}));
    queryCommand
        ->add_option(
            "--param", queryArguments.parameters,
            "NAME=VALUE for :NAME in the statement (may be repeated); a whole number is bound as one, all else as text")
        ->expected(1)
        ->take_all();
    queryCommand->add_flag("--write", queryArguments.write, "Allow the statement to change the database");

    ModelsArguments modelsArguments;
    CLI::App *modelsCommand = app.add_subcommand("models", "Print the code of a program that works with the tables");
    modelsCommand->add_option("SOURCE", modelsArguments.source, "Database URL, SQLite file or FILE.sql")->required();
    modelsCommand->add_option("--language", modelsArguments.language, "The language; for the time being there is cpp")
        ->required()
        ->check(CLI::IsMember({"sqlalchemy", "cpp", "dbml", "mermaid", "plantuml", "html"}));
    addSelection(*modelsCommand, modelsArguments.selection);
    modelsCommand->add_option("-o,--output", modelsArguments.output, "Write to this file");

    PlanArguments planArguments;
    CLI::App *planCommand = app.add_subcommand("plan", "Print the steps that would carry changes out, in order");
    planCommand->add_option("URL", planArguments.source, "Database URL or SQLite file")->required();
    planCommand
        ->add_option("CHANGES", planArguments.changes,
                     "CHANGES.json, or a database URL, SQLite file or FILE.sql that has the wanted tables")
        ->required();
    planCommand->add_flag("--json", planArguments.json, "As JSON, for other programs");

    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError &error) {
        return app.exit(error) == 0 ? Done : WrongCommandLine;
    }
    try {
        if (*inspectCommand)
            return inspect(inspectArguments);
        if (*ddlCommand)
            return ddl(ddlArguments);
        if (*diffCommand)
            return diff(diffArguments);
        if (*modelsCommand)
            return models(modelsArguments);
        if (*planCommand)
            return plan(planArguments);
        return query(queryArguments);
    } catch (const Error &error) {
        return report(error);
    }
}

} // namespace schemawright
