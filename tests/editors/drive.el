;;; drive.el --- Drives Emacs's language clients against Camus -*- lexical-binding: t -*-

;; Batch Emacs with eglot's or lsp-mode's own commands; prints what came of it as one line of JSON.
;; CAMUS_CLIENT is eglot or lsp-mode, CAMUS_LISP the file that `camus editor` wrote for it,
;; CAMUS_FILE the file to open, CAMUS_STORY what is done: document, fix or told.

(setq native-comp-jit-compilation nil
      native-comp-enable-subr-trampolines nil
      make-backup-files nil
      create-lockfiles nil)
(require 'package)
(package-initialize)
(require 'cl-lib)
(require 'json)
(require 'python)
(require 'flymake)

(defvar camus-client (getenv "CAMUS_CLIENT"))
(defvar camus-eglot (equal camus-client "eglot"))
(defvar camus-titles nil "The titles offered last.")
(load (getenv "CAMUS_LISP") nil t)

(defun camus-wait (what done)
  "Wait for WHAT until DONE answers something; an error after 45 seconds."
  (with-timeout (45 (error "Waited in vain for %s; told: %s" what
                           (with-current-buffer (messages-buffer) (buffer-string))))
    (while (not (funcall done))
      (accept-process-output nil 0.02))))

(defun camus-start ()
  "Connect this buffer to the server."
  (if camus-eglot
      (let ((eglot-confirm-server-initiated-edits nil))
        (apply #'eglot (eglot--guess-contact)))
    (lsp)
    (camus-wait "the server"
                (lambda () (seq-some (lambda (each) (eq 'initialized (lsp--workspace-status each)))
                                     (lsp-workspaces))))))

(defun camus-choose (words)
  "Ask for the code actions at point and choose the one that begins with WORDS."
  (let ((last-nonmenu-event t)) ; as if the keyboard had asked, not the mouse
    (cl-letf (((symbol-function 'completing-read)
               (lambda (_prompt choices &rest _)
                 (setq camus-titles (mapcar (lambda (each) (if (consp each) (car each) each))
                                            (all-completions "" choices)))
                 (seq-find (lambda (title) (string-prefix-p words title)) camus-titles))))
      (if camus-eglot
          (eglot-code-actions (point) nil nil t)
        (let ((lsp-auto-execute-action nil))
          (call-interactively #'lsp-execute-code-action))))))

(defun camus-changed-from (before)
  "Wait until the buffer is no longer BEFORE; its text."
  (camus-wait "a change" (lambda () (not (equal before (buffer-string)))))
  (buffer-string))

(defun camus-undone ()
  "The buffer's text after one undo."
  (undo-boundary)
  (let ((inhibit-message t)) (undo-only))
  (buffer-string))

(defun camus-hover ()
  "What the server says of the symbol at point."
  (format "%S" (if camus-eglot
                   (jsonrpc-request (eglot-current-server) :textDocument/hover
                                    (eglot--TextDocumentPositionParams))
                 (let ((answer (lsp-request "textDocument/hover"
                                            (lsp--text-document-position-params))))
                   (if (hash-table-p answer) (json-serialize answer) answer)))))

(defun camus-document ()
  "Document applied and undone."
  (let ((before (buffer-string)))
    (undo-boundary)
    (camus-choose "Document")
    (let ((after (camus-changed-from before)))
      (list :titles (vconcat camus-titles) :before before :after after :undone (camus-undone)))))

(defun camus-diagnostics ()
  "The start of each diagnostic of the server."
  (if camus-eglot
      (progn
        (flymake-start) ; batch mode is never idle
        (mapcar #'flymake-diagnostic-beg (flymake-diagnostics)))
    (let (found)
      (maphash (lambda (_file all)
                 (dolist (each all)
                   (push (lsp--position-to-point
                          (lsp:range-start (lsp:diagnostic-range each)))
                         found)))
               (lsp-diagnostics t))
      found)))

(defun camus-fix ()
  "What Review found is fixed."
  (let ((before (buffer-string)))
    (search-forward "def plain")
    (camus-choose "Review")
    (camus-wait "diagnostics" #'camus-diagnostics)
    (goto-char (car (camus-diagnostics)))
    (undo-boundary)
    (camus-choose "Fix")
    (let ((after (camus-changed-from before)))
      (list :titles (vconcat camus-titles) :before before :after after :undone (camus-undone)))))

(defun camus-told ()
  "Hover and Explain."
  (let ((hover (camus-hover)) page)
    (camus-choose "Explain")
    (camus-wait "the explanation"
                (lambda ()
                  (setq page (seq-find (lambda (each)
                                         (string-prefix-p "explain-" (buffer-name each)))
                                       (buffer-list)))
                  (or page (with-current-buffer (messages-buffer)
                             (string-match-p "complexity 1" (buffer-string))))))
    (list :hover hover :page (if page (buffer-name page) "")
          :text (with-current-buffer (or page (messages-buffer)) (buffer-string)))))

(setq eglot-sync-connect 45
      eglot-autoshutdown nil
      eglot-confirm-server-initiated-edits nil
      eglot-confirm-server-edits nil
      lsp-auto-guess-root t
      lsp-enabled-clients '(camus)
      lsp-enable-snippet nil
      lsp-enable-file-watchers nil
      lsp-enable-suggest-server-download nil
      lsp-session-file (expand-file-name "lsp-session" (getenv "HOME"))
      lsp-keep-workspace-alive nil
      lsp-diagnostics-provider :none
      lsp-warn-no-matched-clients nil)

(with-current-buffer (find-file-noselect (getenv "CAMUS_FILE"))
  (python-mode)
  (buffer-enable-undo)
  (camus-start)
  (goto-char (+ (point-min) 4))
  (let ((told (funcall (intern (concat "camus-" (getenv "CAMUS_STORY"))))))
    (set-buffer-modified-p nil)
    (let ((line (json-serialize (append (list :emacs emacs-version) told))))
      (princ (concat (if (multibyte-string-p line) line (decode-coding-string line 'utf-8)) "\n")
             #'external-debugging-output))))
;;; drive.el ends here
