#pragma once

#include "schemawright/engine/engine.h"
#include "schemawright/orm/mapping_file.h"
#include "schemawright/orm/plan_runner.h"
#include "schemawright/orm/session.h"
#include "ui/async/lane.h"

#include <QObject>
#include <QString>

#include <map>
#include <memory>
#include <optional>
#include <vector>

namespace schemawright::ui {

/// Something to tell the user that belongs to no single change or query; shown in a bar that blocks nothing.
struct Notice
{
    enum class Severity { Info, Success, Warning, Error };
    Severity severity = Severity::Info;
    QString text;
    QString detail;
};

/// One open database as the window knows it: engine, lane, session, selection, notices. Panels are made from a
/// Workspace& and meet each other only here. Lives on the GUI thread; makes no database call there.
class Workspace : public QObject
{
    Q_OBJECT
public:
    enum class State { Closed, Opening, Open, Failed };

    explicit Workspace(Engine engine, QObject *parent = nullptr);
    ~Workspace() override;

    const Engine &engine() const noexcept { return engine_; }
    const Dialect &dialect() const noexcept { return engine_.dialect(); }
    /// All dialects that SQL can be shown for.
    static const std::vector<const Dialect *> &knownDialects();
    bool isReadOnly() const noexcept { return engine_.url().arguments.readOnly; }
    /// The lane that browses and commits. A SQL console has one of its own.
    Lane &lane() noexcept { return *lane_; }
    /// The edits, and the baseline picture of the database. Its unit of work is the only store of pending edits.
    Session &session() noexcept { return *session_; }
    const MetaData &metadata() const { return session_->baseline(); }

    /// Names of the model are kept in a file of this folder from now on, and those that are there are read.
    void keepMappingsIn(const std::filesystem::path &folder);
    /// The kept names of the model, and with the pending changes upon them; by baseline name.
    const EntityMappings &keptMappings() const noexcept;
    EntityMappings mappings() const;

    State state() const noexcept { return state_; }
    /// False while only names are known.
    bool isSchemaRead() const noexcept { return isSchemaRead_; }
    /// Why opening failed.
    const std::optional<Error> &openError() const noexcept { return openError_; }

    /// Reads names first (metadataChanged), then everything (metadataChanged again). Also the way to try again.
    void open();
    /// Reads the schema anew and asks the panels to reload rows. Pending edits stay.
    void refresh();

    /// What the inspector shows and the tree marks, by its name with the pending changes: it follows a rename and the
    /// undo of one.
    const std::optional<QualifiedName> &currentTable() const noexcept { return currentTable_; }
    void setCurrentTable(const std::optional<QualifiedName> &table);
    /// A table's name in the database, or the first of a new one, by its name with the pending changes; and the way
    /// back, which is the same name for one that is to be dropped.
    QualifiedName firstName(const QualifiedName &draftName) const;
    QualifiedName draftName(const QualifiedName &firstName) const;
    /// Asks for a data tab of this table, with a filter text when given, and makes it current.
    void showTable(const QualifiedName &table, const QString &filter = {});
    /// Asks for the data tab of a row's table, with the row current.
    void showRow(const RowTarget &row);

    void notify(Notice notice);
    void notify(const Error &error);

    /// Pending changes that no commit can make: those of the schema where DDL cannot be rolled back. A script can.
    std::vector<const Change *> scriptOnlyChanges() const;
    /// Whether all that is pending can be committed and rehearsed now.
    bool canRun() const;
    /// Why it cannot be, as a sentence, when that is for changes which only a script makes; else empty.
    QString whyNoRun() const;
    /// Runs the plan of all pending edits: Commit writes all or nothing; Rehearse runs all and rolls back. The unit of
    /// work is frozen meanwhile. runFinished tells the outcome, which the session has settled already.
    void run(RunMode mode);
    bool isRunning() const noexcept { return running_; }
    void cancelRun();
    /// What is known of the last commit when the connection was lost in it; nothing when it was not.
    const std::optional<DoubtOutcome> &doubt() const noexcept { return doubtOutcome_; }
    /// True while that could not be found out and the edits are still those of the commit, so that one may look again.
    bool canLookAgain() const;
    /// Asks the database once more whether the commit in doubt happened. runFinished tells.
    void lookAgain();

Q_SIGNALS:
    void stateChanged();
    void metadataChanged();
    void currentTableChanged();
    void tableRequested(const schemawright::QualifiedName &table, const QString &filter);
    void rowRequested(const schemawright::RowTarget &row);
    /// Rows may have changed in the database: reload what is shown.
    void rowsChanged();
    /// A commit changed tables: they go by these names now, by those they had (a new one by its first). metadataChanged
    /// follows, at first with what was pending and then with what was read again.
    void structureCommitted(const std::map<schemawright::QualifiedName, schemawright::QualifiedName> &names);
    /// Any change of the unit of work: edits, undo, errors marked, frozen, thawed.
    void pendingChanged();
    void runStarted(schemawright::RunMode mode);
    void runFinished(schemawright::RunMode mode, const schemawright::Report &report);
    void noticed(const schemawright::ui::Notice &notice);

private:
    void setState(State state);
    void readSchema();
    void tellErrors(const std::vector<Remark> &errors);
    void resolveDoubt(const Report &report);
    void endRun(const Report &report);
    void finishRun(const Report &report);
    void settle(const Report &report);
    void takeEdit();

    Engine engine_;
    std::unique_ptr<Lane> lane_;
    std::unique_ptr<MappingFile> mappingFile_; ///< outlives the session, which writes to it
    std::unique_ptr<Session> session_;
    State state_ = State::Closed;
    std::optional<Error> openError_;
    std::optional<QualifiedName> currentTable_, currentFirst_; ///< the latter by its first name, which never changes
    Job openJob_, runJob_;
    std::optional<DoubtOutcome> doubtOutcome_;
    std::optional<Report> doubtful_;  ///< of a commit that may have happened
    std::uint64_t doubtRevision_ = 0; ///< of the edits that it would have written
    bool running_ = false;
    bool settling_ = false;
    bool isSchemaRead_ = false;
    Subscription uowSubscription_;
};

} // namespace schemawright::ui
