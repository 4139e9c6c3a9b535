;;; camus-lsp-mode.el --- Camus as a server of lsp-mode -*- lexical-binding: t -*-

;;; Commentary:
;; M-x lsp starts it beside the language's own server; M-x lsp-execute-code-action lists what it
;; can do.

;;; Code:
(require 'lsp-mode)

(defvar camus-command '(CAMUS_COMMAND)
  "The program and its arguments.")

(lsp-register-client
 (make-lsp-client
  :new-connection (lsp-stdio-connection (lambda () camus-command))
  :activation-fn (lsp-activate-on "python" "javascript" "javascriptreact"
                                  "typescript" "typescriptreact")
  :add-on? t
  :priority -2
  :server-id 'camus))

(defun camus--execute (command)
  "Run COMMAND of the server, without waiting for its answer."
  (lsp-request-async "workspace/executeCommand" (list :command command :arguments [])
                     #'ignore :mode 'detached))

(defun camus-select-model ()
  "Choose the model that answers from now on."
  (interactive)
  (camus--execute "camus.selectModel"))

(defun camus-select-pipeline ()
  "Choose the pipeline that answers from now on."
  (interactive)
  (camus--execute "camus.selectPipeline"))

(defun camus-why ()
  "Show why the last answer came from where it came."
  (interactive)
  (camus--execute "camus.showDecision"))

(provide 'camus-lsp-mode)
;;; camus-lsp-mode.el ends here
