;;; camus-eglot.el --- Camus as eglot's language server -*- lexical-binding: t -*-

;;; Commentary:
;; M-x eglot starts it in a buffer; M-x eglot-code-actions lists what it can do.
;; eglot talks to one server for each buffer: to have Camus beside another, use a multiplexer.

;;; Code:
(require 'eglot)
(require 'seq)

(defvar camus-command '(CAMUS_COMMAND)
  "The program and its arguments.")

(dolist (modes '((python-mode python-ts-mode)
                 (js-mode js-ts-mode)
                 (typescript-mode typescript-ts-mode tsx-ts-mode)))
  (add-to-list 'eglot-server-programs (cons modes camus-command)))

(defun camus--execute (command &optional argument)
  "Run COMMAND of the buffer's server with ARGUMENT, without waiting for its answer."
  (let ((server (eglot-current-server)))
    (unless server (user-error "Camus is not running here; M-x eglot"))
    (jsonrpc-async-request
     server :workspace/executeCommand
     (list :command command :arguments (if argument (vector argument) []))
     :timeout nil
     :error-fn (lambda (problem) (message "Camus: %s" (plist-get problem :message))))))

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

(defun camus-ask (question)
  "Ask QUESTION about the symbol at point."
  (interactive "sAsk Camus: ")
  (camus--execute "camus.ask"
                  (append (list :question question)
                          (list :uri (plist-get (eglot--TextDocumentIdentifier) :uri)
                                :range (list :start (eglot--pos-to-lsp-position)
                                             :end (eglot--pos-to-lsp-position))))))

(defun camus-trust ()
  "Trust this workspace's Camus configuration, after a question."
  (interactive)
  (camus--execute "camus.trust"))

(provide 'camus-eglot)
;;; camus-eglot.el ends here
