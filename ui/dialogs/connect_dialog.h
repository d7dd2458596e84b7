#pragma once

#include "schemawright/engine/engine.h"
#include "ui/async/lane.h"

#include <QDialog>

#include <memory>

class QCheckBox;
class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;
class QStackedWidget;

namespace schemawright::ui {

/// Asks where a database is, as fields or as one URL, whichever the user prefers; both say the same at all times. The
/// password is held in its own field and shown nowhere else. Opened with open(); emits chosen() and closes.
class ConnectDialog : public QDialog
{
    Q_OBJECT
public:
    explicit ConnectDialog(QWidget *parent = nullptr);
    ~ConnectDialog() override;

    /// Fills the fields, for a second try after a failure.
    void setUrl(const Url &url);
    /// What the fields say now.
    Url url() const;

Q_SIGNALS:
    void chosen(const schemawright::Url &url);

private:
    QWidget *makeServerPage();
    QWidget *makeFilePage();
    void showFields();
    void updateUrlField();
    void takeUrlField();
    void test();
    void showTestResult(const QString &text, const char *severity);
    void updateButtons();
    void browse();

    QComboBox *kind_;
    QStackedWidget *pages_;
    QLineEdit *host_, *port_, *database_, *user_, *password_, *file_, *urlField_;
    QComboBox *sslMode_;
    QCheckBox *readOnly_;
    QLabel *message_;
    QPushButton *test_, *connect_;
    std::map<std::string, std::string> otherOptions_; // of a typed URL: kept though no field shows them
    bool syncing_ = false;
    std::unique_ptr<Lane> testLane_;
    Job testJob_;
};

} // namespace schemawright::ui
